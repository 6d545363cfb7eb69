public import RecurrentTraining

/// The parameters of `recurrent lab gradients`.
public struct GradientParameters: Configuration {
  @Setting(2...512, "Hidden units of each network.") public var units = 50
  @Setting(8...2000, "Time steps that the gradient is followed back.") public var steps = 100
  @Setting(1...1000, "Random sequences that each norm is the mean over.") public var sequences = 20
  @Setting(each: 1e-3...10, "Spectral radii of the recurrent weights, a line each, ascending.") public var radii = [0.5, 0.9, 1, 1.1, 1.5]
  @Setting("How the recurrent weights are drawn: a rotation, in which all directions are alike; normal numbers; a triangle.")
  var matrix = RecurrentMatrix.Kind.orthogonal
  @Setting(0...100, "Standard deviation of the inputs, which are normal numbers.") public var inputs = 0.1
  @Setting("A trained model to look into instead: its file, or the directory of its run.") public var model: String?
  @Setting("What the trained model reads: a file or a directory as for its training.") public var data: String?
  @Setting(1...1000, "Batches of the data that a trained model's gradient is the mean over.") public var batches = 4

  public init() {}

  public func validate() throws {
    guard zip(radii, radii.dropFirst()).allSatisfy(<) else {
      throw ConfigurationError(key: "radii", "write them in ascending order")
    }
  }
}
