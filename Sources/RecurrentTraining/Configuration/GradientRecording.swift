/// Whether a run records how far back its gradient reaches: the section `gradients` of a recipe.
///
/// Every so many steps the loss is computed once more, from the same model, batch and random numbers, and its gradient
/// followed back through the states of the recurrent layers (`GradientReach`). It changes no bit of the training, and goes
/// into `metrics.jsonl` as lines of the kind `gradients`.
public struct GradientRecording: Configuration {
  @Setting(
    1...1_000_000_000,
    "Every so many steps record the norm of the gradient by lag and by layer, and the share of steps whose gradient"
      + " was clipped, in metrics.jsonl and gradients.svg. Each record takes about as long as a step. Absent: never.")
  public var every: Int?

  /// Nothing is recorded.
  public init() {}
}
