import ArgumentParser
import Recurrent

/// Which units of a layer are shown: the option `--units`.
enum UnitChoice: Equatable, ExpressibleByArgument {
  /// All, in their order.
  case all
  /// Those whose state varies most over the input, the most variable first; nil: all of them.
  case varied(Int?)
  /// These.
  case chosen([ClosedRange<Int>])

  /// What the help says of it.
  static let help: ArgumentHelp = """
    Units to show: all, or numbers from 0 such as 3,17,40-47, or varied (the most variable first) or varied:N \
    (the N most variable).
    """

  init?(argument: String) {
    if argument == "all" {
      self = .all
      return
    }
    if argument == "varied" {
      self = .varied(nil)
      return
    }
    if argument.hasPrefix("varied:") {
      guard let count = Int(argument.dropFirst(7)), count > 0 else { return nil }
      self = .varied(count)
      return
    }
    var ranges: [ClosedRange<Int>] = []
    for part in argument.split(separator: ",", omittingEmptySubsequences: false) {
      let ends = part.split(separator: "-", omittingEmptySubsequences: false).map { Int($0) }
      guard (1...2).contains(ends.count), let low = ends[0], let high = ends.last ?? nil, low >= 0, low <= high else {
        return nil
      }
      ranges.append(low...high)
    }
    self = .chosen(ranges)
  }

  var defaultValueDescription: String {
    switch self {
    case .all: "all"
    case .varied(let count): "varied" + (count.map { ":\($0)" } ?? "")
    case .chosen(let ranges): ranges.map { "\($0.lowerBound)-\($0.upperBound)" }.joined(separator: ",")
    }
  }

  /// The numbers of the units of a cell.
  ///
  /// - Throws: ``CommandError`` for a unit that the cell has not.
  func units(of cell: CellRecording<Float>) throws -> [Int] {
    switch self {
    case .all: return Array(0..<cell.hiddenSize)
    case .varied(let count):
      let variances = Self.variances(cell[.cell] ?? cell.hidden)
      let sorted = variances.indices.sorted { (variances[$1], $0) < (variances[$0], $1) }
      return Array(sorted.prefix(count ?? sorted.count))
    case .chosen(let ranges):
      for range in ranges where range.upperBound >= cell.hiddenSize {
        throw CommandError(
          "--units: there is no unit \(range.upperBound) in layer \(cell.layer): its units are 0 to \(cell.hiddenSize - 1)")
      }
      return ranges.flatMap { Array($0) }
    }
  }

  /// How much each unit varies over the steps.
  private static func variances(_ values: Tensor<Float>) -> [Double] {
    let (steps, units) = (values.shape[0], values.shape[2])
    let scalars = values.scalars
    return (0..<units).map { unit in
      let column = (0..<steps).map { Double(scalars[$0 * units + unit]) }
      let mean = column.reduce(0, +) / Double(max(1, steps))
      return column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(max(1, steps))
    }
  }
}
