public import RecurrentTraining

/// A recipe as a task reads it: its sections as typed values.
public struct RunSettings<Task: RecipeTask>: Sendable {
  /// The recipe's name.
  public let name: String
  /// What all random numbers come from.
  public let seed: UInt64
  /// Where the data are and how they are read.
  public let data: Task.DataConfiguration
  /// The network.
  public let model: Task.ModelConfiguration
  /// How it is trained.
  public let training: TrainingConfiguration
  /// Whether it is recorded how far back its gradients reach.
  public let gradients: GradientRecording
  /// What its preparation may keep, and whom it tells how far it is.
  public var preparation = Preparation()
  /// How examples of one file come into parts: by place for a run alone that goes on from a checkpoint of a version that dealt them so.
  public var dealing = Dealing.content

  /// The values of a recipe.
  ///
  /// - Throws: ``RecipeError`` for values that do not go together.
  public init(_ recipe: Recipe) throws(RecipeError) {
    name = recipe.name
    seed = UInt64(recipe.seed)
    data = try recipe.configuration(.data, as: Task.DataConfiguration.self)
    model = try recipe.configuration(.model, as: Task.ModelConfiguration.self)
    training = try recipe.configuration(.training, as: TrainingConfiguration.self)
    gradients = try recipe.configuration(.gradients, as: GradientRecording.self)
    do {
      try Task.validate(modelSettings)
    } catch {
      throw RecipeError(origin: recipe.origin, problem: "\(error)")
    }
  }

  /// Settings that no recipe names, such as those that a model file holds.
  public init(
    name: String, seed: UInt64, data: Task.DataConfiguration, model: Task.ModelConfiguration, training: TrainingConfiguration
  ) {
    (self.name, self.seed, self.data, self.model, self.training) = (name, seed, data, model, training)
    gradients = GradientRecording()
  }

  /// What a model of these settings says of itself in its file.
  public var modelSettings: ModelSettings<Task> { ModelSettings(data: data, model: model) }
}
