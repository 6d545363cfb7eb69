public import RecurrentTasks
import RecurrentTensors
import RecurrentTraining

/// The experiments of the lab: the one registry of them, in the order of a first lecture.
public enum Laboratory {
  /// All experiments.
  public static let experiments: [any Experiment.Type] = [
    GradientExperiment.self, CompositionExperiment.self, CliffExperiment.self, ClippingExperiment.self, FlowExperiment.self,
    LongLagExperiment.self, MemoryExperiment.self, WindowExperiment.self,
    EducationExperiment.self,
  ]

  /// The experiment of that name.
  ///
  /// - Throws: ``LabError`` that names the nearest one where there is none.
  public static func experiment(named name: String) throws(LabError) -> any Experiment.Type {
    if let found = experiments.first(where: { $0.name == name }) { return found }
    let names = experiments.map { $0.name }
    let advice = nearest(to: name, among: names).map { "did you mean \"\($0)\"?" } ?? "there are " + names.joined(separator: ", ")
    throw LabError("no experiment \"\(name)\" in the lab; \(advice)")
  }
}

extension Experiment {
  /// The parameters with the given changes.
  ///
  /// - Parameters:
  ///   - assignments: `key=value`, later ones last.
  ///   - full: Whether they start from the long form.
  /// - Throws: `RecipeError`: an unknown key (with the nearest known one), a value of the wrong type or out of range,
  ///   values that do not go together.
  public static func parameters(setting assignments: [String], full: Bool = false) throws(RecipeError) -> Parameters {
    var parameters = full ? fullParameters ?? Parameters() : Parameters()
    try parameters.set(assignments, help: "recurrent lab \(name) --parameters lists them all")
    return parameters
  }
}
