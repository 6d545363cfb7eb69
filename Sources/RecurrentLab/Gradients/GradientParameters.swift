public import RecurrentTraining

/// What `recurrent lab gradients` can be told.
public struct GradientParameters: Configuration {
  /// Hidden units.
  public var units = 50
  /// How far back the gradient is followed.
  public var steps = 100
  /// Sequences that the norms are means over.
  public var sequences = 20
  /// The spectral radii of the recurrent weights.
  public var radii = [0.5, 0.9, 1, 1.1, 1.5]
  /// How the recurrent weights are drawn.
  var matrix = RecurrentMatrix.Kind.orthogonal
  /// The size of the inputs.
  public var inputs = 0.1
  /// A trained model to look into instead.
  public var model: String?
  /// What it reads.
  public var data: String?
  /// Batches of the data that a trained model's gradient is taken on.
  public var batches = 4

  public init() {}

  public static var keys: [ConfigurationKey] {
    [
      .integer("units", 2...512, "Hidden units of each network."),
      .integer("steps", 8...2000, "Time steps that the gradient is followed back."),
      .integer("sequences", 1...1000, "Random sequences that each norm is the mean over."),
      .numbers("radii", count: 5, 1e-3...10, "Spectral radii of the recurrent weights, a line each, ascending."),
      .choice(
        "matrix", RecurrentMatrix.Kind.self,
        "How the recurrent weights are drawn: a rotation, in which all directions are alike; normal numbers; a triangle."),
      .number("inputs", 0...100, "Standard deviation of the inputs, which are normal numbers."),
      .text("model", optional: true, "A trained model to look into instead: its file, or the directory of its run."),
      .text("data", optional: true, "What the trained model reads: a file or a directory as for its training."),
      .integer("batches", 1...1000, "Batches of the data that a trained model's gradient is the mean over."),
    ]
  }

  public func validate() throws {
    guard zip(radii, radii.dropFirst()).allSatisfy(<) else {
      throw ConfigurationError(key: "radii", "write them in ascending order")
    }
  }
}
