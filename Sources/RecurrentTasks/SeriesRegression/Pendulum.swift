import Foundation
import RecurrentData
import RecurrentLayers
import RecurrentTensors

/// Data inside the package for all five arrangements: swings of damped pendulums, seen with noise.
///
/// The angle of a pendulum let go at `a` is `a exp(-d t) cos(2 π f t)`, seen every twentieth of a second with an error of 0.05:
///
/// - one to one: from `a`, `f`, `d` and a time the angle then;
/// - one to many: from `a`, `f` and `d` the angles of the first two seconds;
/// - many to one: from the angles as they were seen, `f` and `d`;
/// - many to many, after: from the angles as they were seen those of the second that follows;
/// - many to many, in step: from the angles as they were seen, at each step the true angle and its speed.
enum Pendulum {
  /// What it is called in recipes and on the command line.
  static let name = "pendulum"

  /// Whether a source means it; what is on the disk goes first.
  static func isNamed(by source: DataSource) -> Bool {
    source == .path(name) && !FileManager.default.fileExists(atPath: name)
  }

  /// 2,000 swings to learn from, 200 to choose by, 500 to be measured on: always the same.
  static func parts(_ arrangement: Arrangement) throws(DataError) -> [DataPart: SequencePairSet] {
    var parts: [DataPart: SequencePairSet] = [:]
    for (part, count) in [(DataPart.train, 2000), (.validation, 200), (.test, 500)] {
      var generator = RandomGenerator(seed: 0).split("pendulum").split(part.rawValue)
      let pairs = (0..<count).map { pair(arrangement, line: $0 + 1, using: &generator) }
      parts[part] = try SequencePairSet(path: name, inputs: pairs.map(\.0), targets: pairs.map(\.1))
    }
    return parts
  }

  /// Seconds from one look to the next.
  private static let interval = 0.05
  /// The deviation of a look from the true angle.
  private static let noise = 0.05

  private static func pair(
    _ arrangement: Arrangement, line: Int, using generator: inout RandomGenerator
  ) -> (LabelledSequence, LabelledSequence) {
    let amplitude = 0.2 + 0.8 * generator.uniform()
    let frequency = 0.5 + 1.0 * generator.uniform()
    let damping = 0.1 + 0.9 * generator.uniform()
    let seen = 30 + Int(11 * generator.uniform())
    func angle(_ time: Double) -> Double { amplitude * exp(-damping * time) * cos(2 * .pi * frequency * time) }
    func speed(_ time: Double) -> Double {
      let turn = 2 * .pi * frequency
      return -amplitude * exp(-damping * time) * (damping * cos(turn * time) + turn * sin(turn * time))
    }
    func times(_ steps: Range<Int>) -> [Double] { steps.map { Double($0) * interval } }
    func looks() -> [Double] { times(0..<seen).map { angle($0) + noise * generator.normal() } }
    func sequence(_ values: [Double], _ channels: Int = 1) -> LabelledSequence {
      LabelledSequence(values: values, channelCount: channels, line: line)
    }
    switch arrangement {
    case .oneToOne:
      let time = 2 * generator.uniform()
      return (sequence([amplitude, frequency, damping, time], 4), sequence([angle(time)]))
    case .oneToMany: return (sequence([amplitude, frequency, damping], 3), sequence(times(0..<40).map(angle)))
    case .manyToOne: return (sequence(looks()), sequence([frequency, damping], 2))
    case .manyToManyAfter: return (sequence(looks()), sequence(times(seen..<seen + 20).map(angle)))
    case .manyToManyInStep: return (sequence(looks()), sequence(times(0..<seen).flatMap { [angle($0), speed($0)] }, 2))
    }
  }
}
