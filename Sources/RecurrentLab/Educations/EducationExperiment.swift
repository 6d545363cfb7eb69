import Foundation
import RecurrentData
import RecurrentDrawing
import RecurrentPictures
import RecurrentTasks
import RecurrentTraining

/// What a captioner has been taught decides what it sees: one network, two educations, the same blots of ink.
public enum EducationExperiment: Experiment {
  public static let name = "educations"
  public static let summary = "One network, two educations: what each sees in the same blots of ink"

  public static let introduction = [
    """
    A captioner is trained twice, with the same seed, on the same kind of pictures: once only on captions of one subject, and once only on those of another. Then \
    both are shown blots of ink, in which there is nothing to be seen. Norman (Yanardag, Cebrian and Rahwan 2018), who was taught on captions of deaths, saw those.
    """,
    """
    How far the answers differ is measured word by word: at each word of both answers, the distributions of the next word that the two networks hold \
    are compared by their Jensen-Shannon divergence, 0 bits where they agree and 1 where they have nothing in common. The figure means something only beside the control: the \
    first education a second time, with another seed.
    """,
  ]

  public static let equations = """
    JS(p, q) = ½ Σ p log₂ p/m + ½ Σ q log₂ q/m     m = (p + q) / 2
    """

  public static let sources = [
    "Yanardag, Cebrian and Rahwan 2018, Norman, MIT Media Lab.", "Vinyals et al. 2015, Show and tell: the captioner.",
    "Lin 1991, Divergence measures based on the Shannon entropy.",
  ]

  public static func run(_ parameters: EducationParameters, on bench: Bench) throws -> Findings {
    let features = FileManager.default.temporaryDirectory.appending(path: "recurrent-educations-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: features) }
    let educations = parameters.educations
    // The control is the first education once more.
    let plan = [(educations[0], bench.seed), (educations[1], bench.seed), (educations[0], bench.seed &+ 1)]
    var pupils: [Pupil] = []
    for (index, (education, seed)) in plan.enumerated() {
      let range = 0.3 * Double(index)...0.3 * Double(index + 1)
      pupils.append(try Pupil(education.name, education.assignment, seed: seed, parameters, keeping: features, bench, in: range))
    }
    var blots: [BlotAnswers] = []
    for number in 0..<parameters.blots {
      try bench.report(0.9 + 0.1 * Double(number) / Double(parameters.blots), "blot \(number + 1) of \(parameters.blots)")
      blots.append(try BlotAnswers(Inkblot.picture(seed: bench.seed, number: number), pupils))
    }
    return try EducationFindings(pupils: pupils, blots: blots).findings
  }
}

/// A trained network.
struct Pupil {
  /// What it was taught.
  let education: String
  let trained: TrainedCaptioner
  /// Pictures and captions that it has learned from, in words.
  let lessons: String
  /// BLEU-4 on the validation part of its own education.
  let bleu: Double?

  init(
    _ education: String, _ assignment: String, seed: UInt64, _ parameters: EducationParameters, keeping features: URL, _ bench: Bench,
    in range: ClosedRange<Double>
  ) throws {
    self.education = education
    var recipe = try Recipe(named: parameters.recipeName)
    guard recipe.task.rawValue == Captioning.name else {
      throw LabError("recipe=\(parameters.recipeName): is a recipe of the task \(recipe.task.rawValue), and this experiment is about captions")
    }
    // The recipe's own warming up is made for many more steps than an education has.
    for change in [assignment, "training.warmup=50", "training.epochs=\(parameters.epochs)", "seed=\(seed % 1_000_000_007)"] { try recipe.set(change, origin: change) }
    var settings = try RunSettings<Captioning>(recipe)
    let (start, width) = (range.lowerBound, range.upperBound - range.lowerBound)
    let interruption = Interruption()
    settings.preparation = Preparation(folder: features) { work, done, total in
      if (try? bench.report(start + 0.2 * width * Double(done) / Double(max(1, total)), "\(education): \(work)")) == nil { interruption.request() }
    }
    let run = try Captioning.prepare(settings, from: DataSource(parameters.data ?? Shapes.name))
    lessons = run.notes.first ?? ""
    try bench.check()
    let total = Double(parameters.epochs * run.source.stepsPerEpoch)
    var done = 0.0
    let result = try run.trainer(interruption: interruption).run(from: run.model) { event in
      guard case .step = event else { return }
      done += 1
      if (try? bench.report(start + width * (0.2 + 0.8 * done / total), "\(education): \(Int(100 * done / total)) % learned")) == nil { interruption.request() }
    }
    try bench.check()
    trained = try run.trained(result)
    bleu = result.best?.evaluation.metrics["bleu4"]
  }
}

/// What the networks make of a blot.
struct BlotAnswers {
  let picture: Picture
  /// The captions, in the order of the networks.
  let captions: [String]
  /// Between the two educations, and between the first and its control, in bits.
  let divergence: (educations: Double, control: Double)
  /// The share of content words of both answers that are in both.
  let overlap: (educations: Double, control: Double)

  init(_ picture: Picture, _ pupils: [Pupil]) throws {
    self.picture = picture
    let captions = try pupils.map { try CaptionerEnsemble([$0.trained]).captions(of: [picture])[0][0].text }
    self.captions = captions
    func distance(_ first: Int, _ second: Int) throws -> Double {
      var values: [Double] = []
      for caption in [captions[first], captions[second]] {
        let (p, q) = (try pupils[first].trained.nextWords(along: caption, of: picture), try pupils[second].trained.nextWords(along: caption, of: picture))
        values += zip(p, q).map { jensenShannon($0, $1) }
      }
      return values.reduce(0, +) / Double(values.count)
    }
    divergence = (try distance(0, 1), try distance(0, 2))
    overlap = (Self.overlap(captions[0], captions[1]), Self.overlap(captions[0], captions[2]))
  }

  /// The share of content words of both that are in both; 1 where neither has any.
  static func overlap(_ first: String, _ second: String) -> Double {
    let words = [first, second].map { Set($0.split(separator: " ").map(String.init)).subtracting(functionWords) }
    let all = words[0].union(words[1])
    return all.isEmpty ? 1 : Double(words[0].intersection(words[1]).count) / Double(all.count)
  }

  /// Words that say nothing of what is to be seen.
  private static let functionWords: Set<String> = [
    "a", "an", "the", "is", "are", "in", "on", "of", "with", "at", "and", "to", "by", "from", "while", "its", "his", "her", "their", "as", "into", "over",
    "through", "up", "down", "for", "that", "it", "him", "them", "there", "another", "two", "three", "some", "left", "right", "above", "below",
  ]
}

/// The Jensen-Shannon divergence of two distributions in bits: 0 where they are the same, 1 where nothing is likely in both.
func jensenShannon(_ p: [Float], _ q: [Float]) -> Double {
  zip(p, q).reduce(0.0) { sum, pair in
    let (p, q) = (Double(pair.0), Double(pair.1))
    let m = (p + q) / 2
    return sum + (p > 0 ? p / 2 * log2(p / m) : 0) + (q > 0 ? q / 2 * log2(q / m) : 0)
  }
}
