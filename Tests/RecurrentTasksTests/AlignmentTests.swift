import Foundation
import RecurrentData
import RecurrentDrawing
import RecurrentPictures
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// Pictures matched with sentences, and educations.
@Suite struct AlignmentTests {
  private static func settings(_ assignments: [String]) throws -> RunSettings<Alignment> {
    var recipe = try Recipe(yaml: "task: alignment\n", name: "tiny", origin: "tiny.yaml")
    let small = [
      "model.hidden=12", "model.embedding=8", "model.size=64", "model.jointSize=16", "training.batch=6", "training.epochs=2", "training.rate=0.01",
    ]
    for assignment in small + assignments { try recipe.set(assignment) }
    return try RunSettings(recipe)
  }

  static let forms = [
    ["model.cells=true"], ["model.negatives=hardest", "model.margin=0.2", "model.dropout=0.1", "model.dropoutPlaces=0.1"],
    ["model.negatives=softmax"], ["model.normalized=false", "model.encoder=small", "model.size=32", "data.captions=drawn", "training.clip=1", "training.rate=0.003"],
  ]

  @Test(arguments: [["model.cells=true"], ["model.negatives=hardest"], ["model.negatives=softmax"], ["model.normalized=false", "model.dropout=0.3", "model.dropoutPlaces=0.3"]])
  func gradient(assignments: [String]) throws {
    let configuration = try Self.settings(["model.hidden=3", "model.embedding=4", "model.jointSize=5"] + assignments).model
    var generator = RandomGenerator(seed: 3)
    let network = AlignmentNetwork<Double>(configuration, wordCount: 9, using: &generator)
    let grid = configuration.pictures.grid
    let places = Tensor<Float>(uniform: 0...1, shape: [grid.count, 4, grid.features], using: &generator)
    let batch = AlignmentBatch(pictures: places, numbers: [0, 1, 2, 1], sentences: [[2, 3, 1], [5, 1], [6, 4, 2, 8], [7]])
    #expect(batch.isWrong.scalars.filter { $0 == 0 }.count == 6)
    let error = gradientError(at: network) { network, _ in
      var generator = RandomGenerator(seed: 5)
      return network.loss(of: batch, using: &generator)
    }
    #expect(error < 1e-6)
  }

  @Test func regionsCoverThePicture() {
    let grid = PictureGrid(high: 13, wide: 13, features: 1)
    let regions = PictureRegions(grid, cells: true)
    #expect(regions.boxes.filter { $0.rows.count == 1 && $0.columns.count == 1 }.count == 169)
    #expect(regions.boxes.last == PictureRegions.Box(rows: 0..<13, columns: 0..<13))
    #expect(Set(regions.boxes).count == regions.count)
    for size in Set(PictureRegions(grid, cells: false).boxes.map(\.rows.count)) {
      let rows = PictureRegions(grid, cells: false).boxes.filter { $0.rows.count == size }.map(\.rows)
      #expect(Set(rows.flatMap { Array($0) }) == Set(0..<13))
    }
    let shares: Tensor<Double> = regions.shares()
    for row in 0..<regions.count { #expect(abs(shares.index(row).sum().scalar - 1) < 1e-12) }
    for side in 1...5 { #expect(PictureRegions(PictureGrid(high: side, wide: 1, features: 1), cells: false).count >= 1) }
  }

  /// What fills a region and what is somewhere in it: a mean, and a number between that and the largest.
  @Test func descriptionOfRegions() {
    let grid = PictureGrid(high: 2, wide: 2, features: 2)
    let places = Tensor<Double>(shape: [4, 1, 2], scalars: [0, 3, 0, 3, 8, 3, 0, 3])
    let found = PictureRegions(wholeOf: grid).description(of: places)
    #expect(found.shape == [1, 1, 4])
    let expected = [2, 3, 3 + Foundation.log(Foundation.exp(5) * 0.25 + 0.75 * Foundation.exp(-3)), 3]
    for (number, wanted) in zip(found.scalars, expected) { #expect(abs(number - wanted) < 1e-12) }
    let each = PictureRegions(grid, cells: true)
    #expect(each.description(of: places).shape == [each.count, 1, 4])
    #expect(PictureRegions(wholeOf: grid).description(of: places * 1000).scalars.allSatisfy { $0.isFinite })
  }

  /// In a batch where two pictures have two sentences each, the other sentence of a picture is neither right nor wrong.
  @Test func softmaxPassesOverSentencesOfTheSamePicture() throws {
    let configuration = try Self.settings(["model.hidden=3", "model.embedding=4", "model.jointSize=5", "model.negatives=softmax"]).model
    var generator = RandomGenerator(seed: 3)
    let network = AlignmentNetwork<Double>(configuration, wordCount: 9, using: &generator)
    let grid = configuration.pictures.grid
    let place = Tensor<Float>(uniform: 0...1, shape: [grid.count, 1, grid.features], using: &generator)
    let batch = AlignmentBatch(
      pictures: place.concatenated(with: place, alongAxis: 1), numbers: [4, 4], sentences: [[2, 3, 1], [5, 1]])
    #expect(network.loss(of: batch, using: &generator).scalar == 0)
  }

  /// The ranks of a small table, counted by hand; a model that gives all the same score is last everywhere.
  @Test func ranks() {
    let scores: [[Float]] = [[0.9, 0.1, 0.5, 0.6], [0.2, 0.3, 0.8, 0.1], [0.4, 0.7, 0.1, 0.2]]
    let found = RetrievalRanks(scores, owners: [0, 0, 1, 2])
    #expect(found.sentences.ranks == [1, 1, 3])
    #expect(found.pictures.ranks == [1, 3, 1, 2])
    #expect(found.pictures.median == 1.5 && found.sentences.median == 1)
    #expect(found.pictures.recall(within: 1) == 0.5 && found.pictures.recall(within: 2) == 0.75)
    let blind = RetrievalRanks(scores.map { $0.map { _ in 0 } }, owners: [0, 0, 1, 2])
    #expect(blind.sentences.ranks == [3, 4, 4] && blind.pictures.ranks == [3, 3, 3, 3])
  }

  @Test(arguments: forms)
  func learnsAndStandsAlone(assignments: [String]) throws {
    try CaptioningTests.withPictures { directory in
      let settings = try Self.settings(["training.epochs=120"] + assignments)
      let source = DataSource.path(directory.path)
      let run = try Alignment.prepare(settings, from: source)
      let result = try run.trainer().run(from: run.model)
      let trained = try run.trained(result)
      let score = try trained.evaluate(EvaluationRequest(source: source))
      // Six pictures with a sentence each, no two alike; those of which one is the other turned round are hard to tell apart by regions that do not say where they are.
      for found in [score.ranks.sentences, score.ranks.pictures] {
        #expect(found.recall(within: 2) == 1 && found.recall(within: 1) >= 0.5, "\(score.ranks)")
      }
      #expect((score.linear == nil) == (settings.model.encoder == .small))
      #expect(score.report.text.contains("R@1, 5, 10"))

      let url = directory.appending(path: "model.safetensors")
      try trained.save(to: url)
      let read = try TrainedAligner(contentsOf: url)
      let picture = try Picture(contentsOf: directory.appending(path: "images/31.png"))
      let sentences = ["The left is green, the right is red.", "the left is green the right blue"]
      let found = try read.alignments(of: sentences, with: [picture, picture])
      #expect(found.count == 2 && found[0] == found[1])
      for (alignment, words) in zip(found[0], [8, 7]) {
        #expect(alignment.words.count == words)
        #expect(abs(alignment.words.reduce(0) { $0 + $1.score } - alignment.score) < 1e-3 * max(1, abs(alignment.score)))
      }
      #expect(try read.alignment(of: sentences[1], with: picture).words.map(\.text) == sentences[1].split(separator: " ").map(String.init))
      let page = Page("align", [.panels(try found[0][0].panels(over: read.reader.preprocessing.square(of: picture), name: "31.png"))]).html
      #expect(page.components(separatedBy: "<figure class=\"panel\">").count == 8 + 2)
      for wrong in ["", "...", "qux"] { #expect(throws: AlignmentError.self) { try read.alignment(of: wrong, with: picture) } }
      #expect(try read.watch(.text("the left is red"), limit: 3).steps == ["the", "left", "is"])
      #expect(read.inspection.network.contains("both directions"))
    }
  }

  @Test(arguments: forms)
  func resumesExactly(assignments: [String]) throws {
    try CaptioningTests.withPictures { directory in
      let settings = try Self.settings(assignments)
      try expectSameBitsWhenResumed(stoppingAt: [1, 3, 5]) {
        try Alignment.prepare(settings, from: .path(directory.path))
      } configuration: {
        settings.training
      }
    }
  }

  /// An education leaves captions out, and no word.
  @Test func educations() throws {
    try CaptioningTests.withPictures { directory in
      let source = DataSource.path(directory.path)
      func run(_ assignments: [String]) throws -> PreparedRun<Alignment> { try Alignment.prepare(Self.settings(assignments), from: source) }
      let all = try run([])
      let some = try run(["data.about=All"])
      #expect(all.artifacts.vocabulary == some.artifacts.vocabulary)
      #expect(all.trainedOn?.count == 24 && some.trainedOn?.count == 8)
      #expect(some.notes[0].hasPrefix("8 pictures with 8 captions to learn from"))
      for (assignment, words) in [("data.about=zebra", "data.about"), ("data.where=author=anna", "no column or key author")] {
        let error = #expect(throws: DataError.self) { try run([assignment]) }
        #expect("\(error!)".contains(words), "\(error!)")
      }
      for assignment in ["data.about=...", "data.where=author"] { #expect(throws: RecipeError.self) { try run([assignment]) } }

      // By a column of the table.
      let lines = try String(contentsOf: directory.appending(path: "captions.tsv"), encoding: .utf8).split(separator: "\n")
      let table = "picture\tauthor\tcaption\n" + lines.enumerated().map { index, line in
        line.replacing("\t", with: "\t\(index % 4 == 0 ? "anna" : "bert")\t", maxReplacements: 1) + "\n"
      }.joined()
      try Data(table.utf8).write(to: directory.appending(path: "captions.tsv"))
      #expect(try run(["data.where=author=anna"]).trainedOn?.count == 6)
    }
  }

  @Test func inkblotsAreSymmetricAndDiffer() {
    let blots = (0..<4).map { Inkblot.picture(seed: 1, number: $0, side: 64) }
    #expect(Set(blots).count == 4)
    #expect(blots[2] == Inkblot.picture(seed: 1, number: 2, side: 64) && blots[2] != Inkblot.picture(seed: 2, number: 2, side: 64))
    for blot in blots {
      var dark = 0
      for row in 0..<64 {
        for column in 0..<32 {
          #expect(blot[row, column] == blot[row, 63 - column])
          if blot[row, column].green < 128 { dark += 1 }
        }
      }
      // Neither an empty sheet nor a black one.
      #expect((60...1500).contains(dark), "\(dark) of 2048")
    }
  }
}
