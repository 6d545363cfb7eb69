import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentDrawing
import RecurrentPictures
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// Pictures into words.
@Suite struct CaptioningTests {
  /// A directory with pictures of one colour, or two halves, and true captions: 24 to learn from, 6 for validation, 6 for the test.
  static func withPictures<R>(_ body: (URL) throws -> R) throws -> R {
    try withDirectory { directory in
      let images = directory.appending(path: "images")
      try FileManager.default.createDirectory(at: images, withIntermediateDirectories: true)
      let colors = [("red", Picture.Color(red: 210, green: 20, blue: 20)), ("green", .init(red: 20, green: 170, blue: 40)), ("blue", .init(red: 30, green: 40, blue: 220))]
      var table = ""
      var lists: [String: String] = [:]
      for index in 0..<36 {
        let (left, right) = (colors[index % 3], colors[index / 3 % 3])
        let side = 40 + index % 7
        var pixels: [UInt8] = []
        for _ in 0..<side {
          for column in 0..<side {
            let color = column < side / 2 ? left.1 : right.1
            pixels += [color.red, color.green, UInt8(Int(color.blue) - index / 9)]
          }
        }
        try Picture(width: side, height: side, pixels: pixels).write(png: images.appending(path: "\(index).png"))
        table += left.0 == right.0 ? "\(index).png\tAll of it is \(left.0).\n" : "\(index).png\tThe left is \(left.0), the right \(right.0).\n"
        lists[index < 24 ? "train" : index < 30 ? "dev" : "test", default: ""] += "\(index).png\n"
      }
      try Data(table.utf8).write(to: directory.appending(path: "captions.tsv"))
      for (name, list) in lists { try Data(list.utf8).write(to: directory.appending(path: "\(name).txt")) }
      return try body(directory)
    }
  }

  private static func settings(_ assignments: [String]) throws -> RunSettings<Captioning> {
    var recipe = try Recipe(yaml: "task: captioning\n", name: "tiny", origin: "tiny.yaml")
    let small = ["model.hidden=24", "model.embedding=12", "model.size=64", "training.batch=6", "training.epochs=2", "training.rate=0.01"]
    for assignment in small + assignments { try recipe.set(assignment) }
    return try RunSettings(recipe)
  }

  static let forms = [
    ["model.encoder=squeezenet"], ["model.encoder=squeezenet", "model.attention=none", "data.captions=drawn", "training.rate=0.005", "training.epochs=200"],
    ["model.encoder=squeezenet", "model.attention=hard", "model.dropout=0.2", "model.dropoutPlaces=0.2"],
    ["model.encoder=small", "model.size=32", "training.rate=0.003", "training.clip=1", "training.epochs=120"],
    [
      "model.encoder=squeezenet", "model.fineTune=true", "model.cell=gru", "model.gated=false", "training.clip=1", "training.epochs=100",
      "training.parameters={\"encoder.*\": {rate: 0.003}}",
    ],
  ]

  @Test(arguments: [
    ["model.attention=none"], ["model.attention=soft", "model.gated=false", "model.tied=true"],
    ["model.attention=soft", "model.doublyStochastic=2", "model.dropout=0.3", "model.dropoutPlaces=0.3", "model.layers=2"],
    // The rule of hard attention is not the gradient of its loss: it is left out here.
    ["model.attention=hard", "model.reinforcement=0", "model.entropy=0.5", "model.positions=false"],
  ], [0, 0.1])
  func gradient(assignments: [String], labelSmoothing: Double) throws {
    let configuration = try Self.settings(["model.hidden=3", "model.embedding=4"] + assignments).model
    var generator = RandomGenerator(seed: 3)
    let grid = PictureGrid(high: 2, wide: 3, features: 5)
    let network = CaptionNetwork<Double>(configuration, wordCount: 7, grid: grid, using: &generator).mapParameters {
      $0 + Tensor(normalWithMean: 0, standardDeviation: 0.2, shape: $0.shape, using: &generator)
    }
    let places = Tensor<Double>(uniform: 0...1, shape: [grid.count, 3, grid.features], using: &generator)
    let target = TargetBatch([[2, 3, 1], [5, 1], [6, 4, 2, 1]], begin: 0)
    let error = gradientError(at: network, [places]) { network, places in
      var generator = RandomGenerator(seed: 5)
      return network.loss(places[0], target, labelSmoothing: labelSmoothing, baseline: Array(repeating: -1, count: 7), using: &generator).value
    }
    #expect(error < 1e-6)
  }

  /// The rule of hard attention: what it adds to the gradient of the scores is the reward times the gradient of the logarithm of what was drawn.
  @Test(arguments: [1, 3]) func reinforcementFollowsTheReward(draws: Int) throws {
    func gradient(_ reinforcement: Double, baseline: Double) throws -> [Tensor<Double>] {
      let configuration = try Self.settings(
        [
          "model.hidden=3", "model.embedding=4", "model.attention=hard", "model.entropy=0", "model.doublyStochastic=0",
          "model.reinforcement=\(reinforcement)", "model.draws=\(draws)",
        ]
      ).model
      var generator = RandomGenerator(seed: 3)
      let grid = PictureGrid(high: 2, wide: 2, features: 5)
      let network = CaptionNetwork<Double>(configuration, wordCount: 7, grid: grid, using: &generator)
      let places = Tensor<Double>(uniform: 0...1, shape: [grid.count, 4, grid.features], using: &generator)
      let target = TargetBatch([[2, 3, 1], [5, 1], [4, 1], [2, 5, 1]], begin: 0)
      return valueAndGradient(at: network) { network in
        var generator = RandomGenerator(seed: 5)
        return network.loss(places, target, labelSmoothing: 0, baseline: Array(repeating: baseline, count: 7), using: &generator).value
      }.1.tensors
    }
    func largestDifference(_ a: Tensor<Double>, _ b: Tensor<Double>) -> Double { zip(a.scalars, b.scalars).map { abs($0 - $1) }.max() ?? 0 }
    // Without a reward nothing is added; twice the weight adds twice as much; and the gradient is linear in the baseline.
    let (none, once, twice) = (try gradient(0, baseline: -1), try gradient(1, baseline: -1), try gradient(2, baseline: -1))
    let (low, high) = (try gradient(1, baseline: -3), try gradient(1, baseline: 1))
    var isMoved = false
    for index in none.indices {
      #expect(largestDifference(twice[index] - none[index], (once[index] - none[index]) * 2) < 1e-9)
      #expect(largestDifference(low[index] + high[index], once[index] * 2) < 1e-9)
      // Several draws are compared with each other, whatever is usual.
      if draws > 1 { #expect(largestDifference(low[index], high[index]) == 0) }
      if (once[index] - none[index]).scalars.contains(where: { abs($0) > 1e-6 }) { isMoved = true }
    }
    #expect(isMoved)
  }

  /// What an encoder with weights sees has mean 0 and deviation 1 over the pictures that are learned from; a model's file that says otherwise is refused.
  @Test(arguments: [["model.attention=soft"], ["model.attention=none"], ["model.attention=none", "model.fineTune=true"]])
  func knownFeaturesAreStandardized(assignments: [String]) throws {
    try Self.withPictures { directory in
      let settings = try Self.settings(["model.encoder=squeezenet"] + assignments)
      let source = DataSource.path(directory.path)
      let known = try CaptionedPictures(settings.data, settings.model.pictures, from: source, settings.preparation) { settings.model.description(of: $0) }
      let standardization = try #require(known.artifacts.standardization)
      let pictures = known.training.pictures.batch(Array(0..<known.training.pictures.count))
      let places = settings.model.fineTune ? try #require(settings.model.knownEncoder).places(of: pictures) : pictures
      let described = settings.model.description(of: places)
      let features = described.shape[described.shape.rank - 1]
      #expect(features == (settings.model.attention == .none ? 1024 : 512))
      let rows = standardization(described).reshaped(to: [described.count / features, features])
      let (means, variances) = (rows.mean(alongAxes: 0).scalars, rows.variance(alongAxes: 0).scalars)
      #expect(means.allSatisfy { abs($0) < 1e-3 })
      // Features that are the same everywhere are as they were.
      #expect(variances.allSatisfy { abs($0 - 1) < 0.01 || $0 < 1e-3 })
      #expect(variances.count { abs($0 - 1) < 0.01 } > features / 10)

      let run = try Captioning.prepare(settings, from: source)
      #expect(run.artifacts.standardization == standardization)
      var wrong = run.artifacts
      wrong.standardization = FeatureStandardization(of: known.training.pictures, seenBy: settings.model.fineTune ? settings.model.knownEncoder : nil) { $0.sliced(0..<7, alongAxis: 2) }
      #expect { try Captioning.reader(settings.modelSettings, wrong) } throws: { "\($0)".contains("a standardization that is none of \(features) features") }
    }
  }

  /// A place is rewarded with what it could change: its word and those after it.
  @Test func rewardsCountWhatComesAfter() {
    let rewards = CaptionNetwork<Double>.rewards([-1, -2, -3, -4, -5, 0], usual: [-2, -1, -2, -2, -2, 0], batch: 2)
    // The first caption's words have -1, -3 and -5, the second's -2 and -4; of these the first is usually likelier.
    let expected: [Double] = [-3, -3, -4, -2, -3, 0]
    #expect(rewards == expected)
  }

  /// Where places are drawn several times for a caption, a draw is compared with the others.
  @Test func drawsAreComparedWithTheOthers() {
    // Two captions, two steps, three draws.
    let others = CaptionNetwork<Double>.others([-1, -10, -3, -20, -5, -60, -2, 0, -2, 0, -8, 0], draws: 3, steps: 2)
    let expected: [Double] = [-4, -40, -3, -35, -2, -15, -5, 0, -5, 0, -2, 0]
    #expect(others == expected)
    let target = TargetBatch([[2, 3, 1], [5, 1]], begin: 0).repeated(2)
    #expect(Array(target.read.scalars) == [0, 0, 0, 0, 2, 5, 2, 5, 3, 0, 3, 0])
    #expect(Array(target.targets.scalars) == [2, 5, 2, 5, 3, 1, 3, 1, 1, -1, 1, -1].map { $0 == -1 ? IndexTensor.ignored : $0 })
  }

  /// What is usual is known of each word by itself, and newer words count for more.
  @Test func whatIsUsualIsKnownOfEachWord() throws {
    var baseline = CaptionBaseline(wordCount: 6)
    #expect(baseline.values == nil)
    let target = TargetBatch([[2, 3, 1], [2, 1]], begin: 0)
    baseline = baseline.adding([-1, -3, -5, -2, -4, 0], of: target)
    let values = try #require(baseline.values)
    // Word 2 came with -1 and then -3, word 3 once with -5, word 1 with -2 and then -4.
    #expect(abs(values[2] + (0.99 * 1 + 3) / 1.99) < 1e-5 && abs(values[3] + 5) < 1e-5)
    #expect(values[0] == values[5] && values[0] < -1 && values[0] > -5)
    var model = CaptionerConfiguration()
    model.softStart = 0.5
    #expect([0, 0.25, 0.5, 1].map(model.mixtureRate) == [1, 0.75, 0.5, 0.5])
    model.softStart = 0
    #expect(model.mixtureRate(at: 0) == 0.5)
  }

  @Test(arguments: forms)
  func learnsAndStandsAlone(assignments: [String]) throws {
    try Self.withPictures { directory in
      let settings = try Self.settings(["training.epochs=60", "model.doublyStochastic=0"] + assignments)
      let source = DataSource.path(directory.path)
      let run = try Captioning.prepare(settings, from: source)
      #expect(run.artifacts.vocabulary.symbols.contains("left"))
      let result = try run.trainer().run(from: run.model)
      let trained = try run.trained(result)
      let score = try trained.evaluate(EvaluationRequest(source: source))
      #expect(score.greedy.exactCount == 6, "\(zip(score.references, score.greedy.captions).map { "\($0) -> \($1)" })")
      #expect(score.beam.exactCount == 6)
      #expect(abs(score.beam.bleu.score(order: 4) - 100) < 1e-9)
      #expect(score.nearest?.captions.count == 6)

      // A file says the same of single pictures, and of all of them.
      let url = directory.appending(path: "model.safetensors")
      try trained.save(to: url)
      let read = try TrainedCaptioner(contentsOf: url)
      let picture = try Picture(contentsOf: directory.appending(path: "images/31.png"))
      let captions = try CaptionerEnsemble([read, read]).captions(of: [picture], by: SentenceSearch(beam: 3, bestCount: 2, keepsWeights: true))
      #expect(captions[0][0].text == score.beam.captions[1])
      #expect(captions[0].count == 2)
      func drawn(_ seed: UInt64) throws -> [String] {
        try CaptionerEnsemble([read]).captions(of: picture, count: 8, drawing: Sampling(temperature: 3), using: RandomGenerator(seed: seed)).map(\.text)
      }
      #expect(try drawn(1) == drawn(1) && drawn(1) != drawn(2) && Set(drawn(1)).count > 1)
      if settings.model.attention == .none {
        #expect(captions[0][0].weights.isEmpty)
      } else {
        #expect(captions[0][0].weights.allSatisfy { $0.count == settings.model.grid.count && abs($0.reduce(0, +) - 1) < 1e-4 })
        let page = Page("look", [.panels(try captions[0][0].panels(over: read.reader.preprocessing.square(of: picture), name: "31.png"))]).html
        #expect(page.components(separatedBy: "<figure class=\"panel\">").count == captions[0][0].words.count + 2)
        // The one address in it is the name of the language that it is written in.
        #expect(page.components(separatedBy: "http").count == 2)
      }
      let watched = try read.watch(.file(directory.appending(path: "images/31.png").path), limit: 3)
      #expect(watched.steps.count == 3 && watched.inputStepCount > 3)
      #expect(!read.inspection.lines.isEmpty)
    }
  }

  @Test(arguments: forms)
  func resumesExactly(assignments: [String]) throws {
    try Self.withPictures { directory in
      let settings = try Self.settings(assignments + ["training.epochs=2"])
      try expectSameBitsWhenResumed(stoppingAt: [1, 3, 5]) {
        try Captioning.prepare(settings, from: .path(directory.path))
      } configuration: {
        settings.training
      }
    }
  }

  /// Features that were kept are those that would be made, and of other pictures or another frame none are taken.
  @Test func featuresAreKept() throws {
    try Self.withPictures { directory in
      var settings = try Self.settings([])
      settings.preparation = Preparation(folder: directory)
      func first(_ settings: RunSettings<Captioning>) throws -> Tensor<Float> {
        try Captioning.prepare(settings, from: .path(directory.path)).source.batch(at: 0, epoch: 0, shard: .whole).pictures
      }
      func files() throws -> Int { try FileManager.default.contentsOfDirectory(atPath: directory.path).count { $0.hasPrefix("features-") } }
      let made = try first(settings)
      #expect(try files() == 2)
      #expect(try first(settings).isBitwiseEqual(to: made))
      #expect(try files() == 2)
      #expect(try first(Self.settings([])).isBitwiseEqual(to: made))
      var cropped = try Self.settings(["model.framing=crop"])
      cropped.preparation = settings.preparation
      _ = try first(cropped)
      #expect(try files() == 4)
    }
  }

  @Test func brokenPicturesStopOrAreCounted() throws {
    try Self.withPictures { directory in
      try Data("no picture".utf8).write(to: directory.appending(path: "images/3.png"))
      try FileManager.default.removeItem(at: directory.appending(path: "images/5.png"))
      for encoder in ["small", "squeezenet"] {
        let stopping = try Self.settings(["model.encoder=\(encoder)"])
        let error = #expect(throws: DataError.self) { try Captioning.prepare(stopping, from: .path(directory.path)) }
        #expect("\(error!)".contains("3.png") && "\(error!)".contains("data.broken=omit"), "\(error!)")
        let omitting = try Self.settings(["model.encoder=\(encoder)", "data.broken=omit"])
        let run = try Captioning.prepare(omitting, from: .path(directory.path))
        #expect(run.notes.contains { $0.contains("2 pictures left out, it cannot be read") }, "\(run.notes)")
        #expect(run.trainedOn?.count == 22)
      }
    }
  }

  @Test func shapesAreTrue() throws {
    let parts = try Shapes.parts()
    #expect(parts[.train]?.count == 6000 && parts[.validation]?.count == 300 && parts[.test]?.count == 1000)
    let trained = Set(parts[.train]!.pictures.flatMap { $0.captions.map(\.text) })
    for pair in Shapes.unseen { #expect(!trained.contains { $0.contains(pair) }) }
    for color in Shapes.colors { for form in Shapes.Form.allCases where !Shapes.unseen.contains("\(color.word) \(form.rawValue)") {
      #expect(trained.contains { $0.contains("\(color.word) \(form.rawValue)") })
    } }
    #expect(parts[.test]!.pictures.count { $0.captions.contains { caption in Shapes.unseen.contains { caption.text.contains($0) } } } == 500)
    for picture in parts[.test]!.pictures.prefix(40) {
      let scene = try #require(Shapes.scene(named: picture.name))
      #expect(scene.captions == picture.captions.map(\.text))
      let drawn = try #require(Shapes.picture(named: picture.name))
      #expect(drawn == Shapes.picture(named: picture.name))
      for item in scene.items where item.form != .cross {
        // Its colour is in its middle, whatever lies around it.
        let (color, found) = (Shapes.colors[item.color].color, drawn[Int(item.y), Int(item.x)])
        #expect(abs(Int(color.red) - Int(found.red)) < 8 && abs(Int(color.blue) - Int(found.blue)) < 8)
      }
      if scene.items.count == 2 {
        let words = scene.captions[0]
        let named = scene.items.first { words.hasPrefix("a \($0.words)") || words.hasPrefix("an \($0.words)") }!
        let other = scene.items.first { $0.words != named.words }!
        #expect(words.contains("left of") ? named.x < other.x : named.y < other.y)
      }
    }
    #expect(Shapes.picture(named: "test/-1.png") == nil && Shapes.picture(named: "else") == nil)
  }

  @Test func floatsOfEightDigits() {
    for value: Float in [0, -0.0, 1, 1.00390625, 1.01171875, 3.1415927, 1e-30, 65504, -7.25] {
      let rounded = Float(brainFloat: value.brainFloat)
      #expect(abs(rounded - value) <= abs(value) / 256)
      #expect(Float(brainFloat: rounded.brainFloat) == rounded)
    }
    #expect(Float(1.00390625).brainFloat == 0x3F80 && Float(1.01171875).brainFloat == 0x3F82)  // halfway: to the even one
  }

  private static let squeezeNet = URL(filePath: #filePath).appending(path: "../../../../shared/data/squeezenet").standardizedFileURL

  /// SqueezeNet 1.0 finds in the photograph of a cat what PyTorch finds, and the version inside the package sees what it sees there.
  @Test(.enabled(if: FileManager.default.fileExists(atPath: squeezeNet.path), "SqueezeNet's weights are not beside the checkout"))
  func squeezeNetSeesTheCat() throws {
    let picture = try Picture(contentsOf: Self.squeezeNet.appending(path: "cat.jpeg"))
    let input = PicturePreprocessing.squeezeNet(size: 227, framing: .fit).tensor(of: [picture])
    var generator = RandomGenerator(seed: 1)
    var network = SqueezeNet<Float>(.v1_0, classCount: 1000, using: &generator)
    try loadParameters(
      into: &network, from: SafetensorsFile(contentsOf: Self.squeezeNet.appending(path: "squeezenet1_0_deepcompressed.safetensors")))
    let scores = network.classScores(of: network.features(of: input)).softmax().scalars
    let best = scores.indices.sorted { scores[$0] > scores[$1] }.prefix(4)
    #expect(Array(best) == [282, 285, 281, 287])
    for (index, share) in [(282, 0.6298547), (285, 0.2476233), (281, 0.1221602)] { #expect(abs(Double(scores[index]) - share) < 0.01) }

    let features = (EmbeddedFiles.squeezeNet() as SqueezeNet<Float>).features(of: input)
    #expect(features.shape == [1, 14, 14, 512])
    #expect(abs(features.mean().scalar - 2.3121955) < 0.02)
  }
}
