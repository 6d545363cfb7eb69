import Foundation
import Recurrent

/// What training a language model needs at least, so that a size with a digit too many is refused and not killed by the
/// system for want of memory.
struct MemoryEstimate {
  /// Numbers in the model.
  let parameterCount: Double
  /// Bytes for the model, its gradient, two moments, and the activations of one training step.
  let bytes: Double

  init(_ model: LanguageModelConfiguration, vocabularyCount: Int, training: TrainingConfiguration) {
    let gates: Double =
      switch model.cell {
      case .lstm, .peepholeLSTM, .layerNormLSTM: 4
      case .gru, .resetBeforeGRU: 3
      case .elman, .elmanRelu: 1
      case .deepTransition: Double(model.transitionDepth)
      }
    // Doubles: the product of the largest sizes that a recipe may have overflows an Int.
    let (hidden, embedding, vocabulary) = (Double(model.hidden), Double(model.embedding), Double(vocabularyCount))
    let first = gates * hidden * (embedding + hidden)
    let others = Double(model.layers - 1) * gates * hidden * 2 * hidden
    parameterCount = first + others + vocabulary * (embedding + (model.tied ? 0 : hidden))
    let positions = Double(training.batch) * Double(training.steps)
    let activations = positions * (Double(model.layers) * (gates + 2) * hidden + 2 * vocabulary)
    bytes = 4 * (4 * parameterCount + activations)
  }

  /// Refuses what this machine cannot hold.
  ///
  /// - Throws: ``CommandError`` with both sizes and the keys to change.
  func check() throws {
    let available = Double(ProcessInfo.processInfo.physicalMemory)
    guard bytes > available else { return }
    throw CommandError(
      """
      a model of \(Self.written(parameterCount, "")) parameters needs at least \(Self.written(bytes, "B")) of memory to \
      train, and this machine has \(Self.written(available, "B")); make model.hidden, model.layers, training.batch or \
      training.steps smaller
      """)
  }

  private static func written(_ value: Double, _ unit: String) -> String {
    for (scale, prefix) in [(1e18, "E"), (1e15, "P"), (1e12, "T"), (1e9, "G"), (1e6, "M")] where value >= scale {
      return String(format: "%.1f ", value / scale) + prefix + unit
    }
    return String(format: "%.0f ", value) + unit
  }
}
