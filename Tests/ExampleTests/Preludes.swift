// What the fragments in the documentation of a file take for granted. It is not compiled by itself: `ExampleExtractor` puts it before them.

// MARK: ConversationInference.swift, ForecastInference.swift, KnowledgeTracingInference.swift, StoredModel.swift, TextClassifierInference.swift, TrainedTranslator.swift
let url = URL(filePath: "model.safetensors")

// MARK: SeriesInference.swift, SeriesRegressionInference.swift
let url = URL(filePath: "model.safetensors"), seriesURL = URL(filePath: "series.jsonl")

// MARK: LanguageModelInference.swift
let url = URL(filePath: "model.safetensors"), textURL = URL(filePath: "text.txt")

// MARK: TaskRegistry.swift
typealias Counting = LanguageModeling  // stands for a task of one's own
let url = URL(filePath: "recipe.yaml"), modelURL = URL(filePath: "model.safetensors")

// MARK: Trained.swift
let settings = try RunSettings<LanguageModeling>(Recipe(named: "shakespeare-characters")), url = URL(filePath: "model.safetensors")

// MARK: BagOfWordsClassifier.swift
let texts = ["good", "bad"], classes = [1, 0], testTexts = ["not good"]

// MARK: NearestNeighbour.swift
let standardized: [LabelledSequence] = [], classes: [Int] = [], sequence = standardized[0]

// MARK: BLEU.swift, ChrF.swift
let translations = ["a man reads ."], references = ["a man is reading ."]

// MARK: CaptioningInference.swift, AlignmentInference.swift
let url = URL(filePath: "model.safetensors"), photograph = URL(filePath: "photo.jpg")

// MARK: SpeechInference.swift
let url = URL(filePath: "model.safetensors"), recording = URL(filePath: "monday.flac")

// MARK: CIDErD.swift, CaptionMetric.swift
let captions = ["a man reads"], references = [["A man is reading.", "Someone reads."]]

// MARK: Adam.swift
var model = ExampleModel()
let gradient = model

// MARK: Optimizer.swift
var model = ExampleModel()
let batch = ExampleBatch()

// MARK: GradientClipping.swift
var model = ExampleModel(), gradient = model, optimizer = Adam(for: model)

// MARK: Gradient.swift
var model = ExampleModel(), optimizer = Adam(for: model)
let (inputs, targets) = (ExampleBatch().inputs, ExampleBatch().targets)

// MARK: GradientProbe.swift
let model = ExampleModel(), batch = ExampleBatch()

// MARK: Trainer.swift
let objective = ExampleObjective()
let source = ExampleSource()
let model = ExampleModel()
let directory = URL(filePath: "run")

// MARK: ParameterRules.swift
var configuration = TrainingConfiguration()

// MARK: ParameterPlan.swift
var model = ExampleModel(), optimizer = Adam(for: model)
let batch = ExampleBatch()

// MARK: Interruption.swift
let objective = ExampleObjective(), source = ExampleSource(), configuration = TrainingConfiguration()

// MARK: Check.swift
let inputs = Tensor<Float>(ones: [7, 2, 3])

// MARK: CTCPrefixSearch.swift
let logProbabilities: [[Float]] = [[-0.1, -2.4], [-2.4, -0.1]]

// MARK: BeamSearch.swift
var generator = RandomGenerator(seed: 1)
let decoder = AttentionDecoder(
  embedding: Embedding<Float>(tokenCount: 9, featureCount: 4, using: &generator),
  rnn: Stacked<GRUCell<Float>>(inputSize: 4, hiddenSize: 5, layerCount: 1, using: &generator),
  attention: GeneralAttention(querySize: 5, memorySize: 6, using: &generator), readoutSize: 4, using: &generator)
let steps = decoder.steps(over: Tensor(ones: [7, 2, 6]), lengths: [7, 3])
let start = decoder.state(of: decoder.rnn.initialState(batchSize: 2))
