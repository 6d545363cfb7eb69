import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentPictures
import RecurrentTensors
import RecurrentTestSupport
import RecurrentTraining
import Testing

@testable import RecurrentTasks

/// Painting stroke by stroke.
@Suite struct PaintingTests {
  static func settings(_ assignments: [String]) throws -> RunSettings<Painting> {
    var recipe = try Recipe(named: "draw-demo")
    for assignment in assignments { try recipe.set(assignment) }
    return try RunSettings<Painting>(recipe)
  }

  private static func configuration(_ assignments: [String]) throws -> PainterConfiguration {
    try settings(["model.hidden=4", "model.glimpses=3", "model.latent=3", "model.readSize=2", "model.writeSize=3"] + assignments).model
  }

  @Test(arguments: [[], ["model.attention=false"], ["model.cell=gru", "model.writeSize=1"], ["model.cell=layer-norm-lstm"]], [1, 3])
  func gradient(assignments: [String], channels: Int) throws {
    let shape = PictureShape(height: 4, width: 5, channels: channels)
    var generator = RandomGenerator(seed: 1)
    let network = DrawNetwork<Double>(try Self.configuration(assignments), shape: shape, using: &generator).mapParameters {
      $0 + Tensor(normalWithMean: 0, standardDeviation: 0.2, shape: $0.shape, using: &generator)
    }
    let pictures = Tensor<Double>(uniform: 0...1, shape: [2, 4, 5, channels], using: &generator)
    let noise = network.noise(batchSize: 2, using: &generator)
    #expect(gradientError(at: network) { network, _ in network.loss(of: pictures, noise: noise) } < 1e-6)
  }

  /// The weights of importance sampling are p(picture, numbers) / q(numbers | picture), by the densities themselves; their mean logarithm is minus the bound.
  @Test func importanceWeightsAreRatiosOfDensities() throws {
    let shape = PictureShape(height: 3, width: 3)
    var generator = RandomGenerator(seed: 1)
    let model = Painter(try Self.configuration([]), shape: shape, using: &generator)
    let pictures = Tensor<Float>(shape: [2, 3, 3, 1], scalars: (0..<18).map { _ in generator.uniform() < 0.5 ? 1 : 0 })
    let noise = model.noise(batchSize: 2, using: &generator)
    let painting = model(pictures, noise: noise)
    let weights = model.logWeights(of: pictures, painting, noise: noise)
    let distributions = try #require(painting.distributions).scalars
    func logDensity(_ x: Double, _ mean: Double, _ deviation: Double) -> Double {
      -0.5 * log(2 * Double.pi) - log(deviation) - (x - mean) * (x - mean) / (2 * deviation * deviation)
    }
    for picture in 0..<2 {
      var expected = 0.0
      for (place, logit) in painting.canvas.scalars[9 * picture..<9 * picture + 9].enumerated() {
        let likely = 1 / (1 + exp(-Double(logit)))
        expected += log(pictures.scalars[9 * picture + place] == 1 ? likely : 1 - likely)
      }
      for stroke in 0..<3 {
        for number in 0..<3 {
          let row = (stroke * 2 + picture) * 6
          let (mean, deviation) = (Double(distributions[row + number]), exp(Double(distributions[row + 3 + number])))
          let z = mean + deviation * Double(noise.scalars[(stroke * 2 + picture) * 3 + number])
          expected += logDensity(z, 0, 1) - logDensity(z, mean, deviation)
        }
      }
      #expect(abs(weights[picture] - expected) < 1e-4)
    }
  }

  /// Learns, and beats pixels by themselves. (With attention it takes longer: `draw-demo`.)
  @Test func learnsToPaint() throws {
    let settings = try Self.settings([
      "model.attention=false", "model.hidden=48", "model.glimpses=4", "model.latent=8", "training.epochs=4",
    ])
    let run = try Painting.prepare(settings, from: .path("digits"))
    #expect(run.artifacts.shape == PictureShape(height: 28, width: 28))
    let result = try run.trainer().run(from: run.model)
    let trained = try run.trained(result)
    let score = try trained.evaluate(EvaluationRequest(source: .path("digits"), options: [.samples: "5"]))
    let pixels = try #require(score.pixels), sampled = try #require(score.sampled)
    #expect(score.count == 1000)
    #expect(score.bound.total < 0.95 * pixels)
    // More samples tell more.
    #expect(sampled.bound < score.bound.total)
    let text = score.report.text
    #expect(text.contains("nats a picture") && text.contains("pixels alone"))
  }

  /// A network that has not learned paints too, and says where it looked and painted.
  @Test func paintingsAreSheetsAndFilms() throws {
    let settings = try Self.settings(["model.hidden=8", "model.glimpses=6", "model.latent=3"])
    let run = try Painting.prepare(settings, from: .path("digits"))
    let trained = try TrainedPainter(settings: run.settings.modelSettings, artifacts: run.artifacts, model: run.model)
    // It begins where pixels by themselves are.
    let score = try trained.evaluate(EvaluationRequest(source: .path("digits")))
    #expect(abs(score.bound.total / (try #require(score.pixels)) - 1) < 0.05)
    var generator = RandomGenerator(seed: 3)
    let painted = trained.paint(count: 4, using: &generator)
    #expect(painted.strokeCount == 6 && painted.looked.isEmpty && painted.painted.count == 6)
    #expect(painted.film(columns: 2, scale: 3).allSatisfy { $0.width == 3 * 57 && $0.height == 3 * 57 })
    // At the very first the grid lies in the middle and spans the picture.
    let window = try #require(painted.painted.first?.first)
    #expect(abs(window.x - 14) < 3 && abs(window.y - 14) < 3 && abs(window.extent - 27) < 5)
    let again = trained.paint([painted.picture(0, after: 5)], using: &generator)
    #expect(again.count == 1 && again.looked.count == 6)
  }

  @Test func picturesOfAFolderAreBroughtToOneSize() throws {
    let directory = FileManager.default.temporaryDirectory.appending(path: "painting-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: directory) }
    for number in 0..<12 {
      var picture = Picture(width: 20 + number, height: 31 - number, filledWith: .black)
      picture[number, 3] = Picture.Color(red: 255, green: UInt8(20 * number), blue: 0)
      try picture.write(png: directory.appending(path: "\(number).png"))
    }
    let settings = try Self.settings([
      "data.size=9", "data.colors=color", "data.pixels=grey", "model.hidden=5", "model.glimpses=2", "training.epochs=1", "training.batch=4",
    ])
    let run = try Painting.prepare(settings, from: .path(directory.path))
    #expect(run.artifacts.shape == PictureShape(height: 9, width: 9, channels: 3))
    let trained = try run.trained(run.trainer().run(from: run.model))
    #expect(try trained.evaluate(EvaluationRequest(source: .path(directory.path))).bound.total.isFinite)
    // A folder without pictures is told.
    let empty = directory.appending(path: "empty")
    try FileManager.default.createDirectory(at: empty, withIntermediateDirectories: true)
    #expect { try Painting.prepare(settings, from: .path(empty.path)) } throws: { "\($0)".contains("there is no picture in this folder") }
  }

  /// Pixels of the measured part are always the same; those that are learned from are drawn anew, as likely as they are bright.
  @Test func pixelsAreDrawnAsBrightAsTheyAre() {
    let bytes: [UInt8] = [0, 1, 64, 127, 128, 200, 254, 255]
    let set = PictureSet(path: "", shape: PictureShape(height: 2, width: 4), pixels: bytes)
    var sums = [Double](repeating: 0, count: 8)
    let draws = 20_000
    for draw in 0..<draws {
      for (place, pixel) in set.drawnTensor([0], drawing: { _ in RandomGenerator(seed: UInt64(draw)) }).scalars.enumerated() {
        sums[place] += Double(pixel)
      }
    }
    for (sum, byte) in zip(sums, bytes) { #expect(abs(sum / Double(draws) - Double(byte) / 255) < 0.015) }
    #expect(sums[0] == 0 && sums[7] == Double(draws))
    let data = PaintingData()
    #expect(data.measured(set, [0]).isBitwiseEqual(to: data.measured(set, [0])))
  }
}
