import ArgumentParser
import Recurrent

/// The option `--weights`, of the subcommands that run a model.
enum WeightChoice: String, ExpressibleByArgument, CaseIterable {
  case float32, bfloat16

  /// How a stream stores them.
  var precision: WeightPrecision { self == .bfloat16 ? .bfloat16 : .full }
}
