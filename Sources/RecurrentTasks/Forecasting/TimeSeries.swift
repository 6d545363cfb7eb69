import Foundation
import RecurrentData

/// A table as a series: its times, and its targets and covariates as numbers, in rows from the earliest to the latest.
struct TimeSeries: Sendable {
  /// Where it is from, for messages.
  let path: String
  /// How times are written.
  let axis: TimeAxis
  /// The time of each row.
  let times: [Double]
  /// What the clock that times are written by showed at each row; the times themselves where they have no offset from UTC.
  let clock: [Double]
  /// From one row to the next.
  let step: TimeStep
  /// The targets' columns, NaN where a value is missing; their logarithms where the recipe says so.
  let targets: [[Double]]
  /// The covariates' columns.
  let covariates: [[Double]]
  /// The names of the targets and then of the covariates.
  let names: [String]
  /// What must be told of it.
  let notes: [String]

  /// Reads a table.
  ///
  /// - Throws: `DataError` that names line and column: no such column, a value that is no number, a time not later than the one before, a
  ///   logarithm of what is not above 0.
  init(_ source: DataSource, _ data: ForecastingDataConfiguration) throws {
    if source.isDirectory, case .path(let path) = source {
      throw DataError(path, "is a directory; a series is one table, which data.split divides by time")
    }
    let url = try source.url()
    try self.init(Table(contentsOf: url, format: data.separator.format(of: url)), data)
  }

  init(_ table: Table, _ data: ForecastingDataConfiguration) throws(DataError) {
    let timeColumn = ColumnReference(parsing: data.time)
    let column = try table.times(timeColumn)
    try table.checkOrder(column, of: timeColumn)
    path = table.path
    axis = column.axis
    times = column.values
    clock = column.clock
    step = try Self.step(of: column, data, path: table.path)
    names = data.targetNames + data.covariateNames
    var targets: [[Double]] = []
    for name in data.targetNames {
      var values = try table.numbers(ColumnReference(parsing: name))
      if data.logarithm {
        if let row = values.firstIndex(where: { $0 <= 0 }) {
          throw DataError(
            path, line: table.line(row: row),
            "\(name) is \(values[row]), which has no logarithm; set data.logarithm to false, or leave the row's value empty")
        }
        values = values.map { log($0) }
      }
      targets.append(values)
    }
    var covariates: [[Double]] = []
    for name in data.covariateNames { covariates.append(try table.numbers(ColumnReference(parsing: name))) }
    self.targets = targets
    self.covariates = covariates
    if data.calendar, axis.kind == .number {
      throw DataError(path, "the times in the column \(timeColumn) are plain numbers, which have no hour and no day; set data.calendar to false")
    }
    var notes: [String] = []
    if times.count > 1 {
      let exceptions = step.exceptions(in: clock)
      let words = step.words(kind: axis.kind)
      notes.append(
        exceptions == 0
          ? "the times are \(words)"
          : "the times are \(words); \(Figures.grouped(exceptions)) of \(Figures.grouped(times.count - 1)) steps are not, so that rows are not equally far apart")
    }
    for (name, values) in zip(names, targets + covariates) {
      let missing = values.count(where: \.isNaN)
      if missing > 0 { notes.append("\(Figures.grouped(missing)) of \(Figures.grouped(values.count)) values of \(name) are missing") }
    }
    self.notes = notes
  }

  /// The number of rows.
  var count: Int { times.count }

  /// The rows of each part.
  ///
  /// - Throws: `DataError` where there are fewer rows than the configuration names.
  func parts(_ data: ForecastingDataConfiguration) throws(DataError) -> [DataPart: Range<Int>] {
    guard data.split.contains(where: { $0 > 1 }) else {
      return Splits.consecutive(count: count, fractions: data.fractions)
    }
    let sizes = data.split.map { Int($0) }
    let total = sizes.reduce(0, +)
    guard total <= count else {
      throw DataError(
        path, "the table has \(Figures.grouped(count)) rows, and data.split names \(Figures.grouped(total)); name fewer, or shares such as [0.6, 0.2, 0.2]")
    }
    return [
      .train: 0..<sizes[0], .validation: sizes[0]..<(sizes[0] + sizes[1]), .test: (sizes[0] + sizes[1])..<total,
    ]
  }

  /// The series with rows after its end of which only the times are known.
  func extended(by steps: Int) -> TimeSeries {
    let unknown = [Double](repeating: .nan, count: steps)
    let after = step.times(steps, after: clock[count - 1])
    return TimeSeries(
      path: path, axis: axis, times: times + after.map { $0 - axis.offset }, clock: clock + after, step: step,
      targets: targets.map { $0 + unknown }, covariates: covariates.map { $0 + unknown }, names: names, notes: notes)
  }

  private init(
    path: String, axis: TimeAxis, times: [Double], clock: [Double], step: TimeStep, targets: [[Double]], covariates: [[Double]],
    names: [String], notes: [String]
  ) {
    (self.path, self.axis, self.times, self.clock, self.step) = (path, axis, times, clock, step)
    (self.targets, self.covariates, self.names, self.notes) = (targets, covariates, names, notes)
  }

  /// The time of a row as the table writes times.
  func time(ofRow row: Int) -> String { axis.text(of: times[row], offset: clock[row] - times[row]) }

  /// The rows of a season: what the recipe says, or else what the step tells, where the table has two of them at least.
  func season(_ data: ForecastingDataConfiguration) -> Int {
    if let season = data.season { return season }
    let season = step.season(kind: axis.kind)
    return 2 * season <= count ? season : 1
  }

  /// What the recipe says, or the most frequent step; of one row what is usual for times written like its.
  private static func step(of column: TimeColumn, _ data: ForecastingDataConfiguration, path: String) throws(DataError) -> TimeStep {
    guard let text = data.step else { return TimeStep(of: column) ?? .constant(column.axis.kind == .calendar ? 86_400 : 1) }
    if let step = TimeStep(parsing: text, kind: column.axis.kind, clock: column.clock) { return step }
    throw DataError(
      path,
      column.axis.kind == .calendar
        ? "data.step is \"\(text)\", and the times are dates; give it a unit, such as \"\(text) minutes\" or \"month end\""
        : "data.step is \"\(text)\", and the times are plain numbers; give it as a number")
  }

  /// What a calendar says of a time: where it is in the day, the week and the year, each as sine and cosine.
  static func calendar(_ time: Double) -> [Float] {
    // 1970-01-01 was a Thursday; the year is taken as 365.2425 days, which is off by a day at most.
    let day = 86_400.0
    var features: [Float] = []
    for period in [day, 7 * day, 365.2425 * day] {
      let turns = time / period
      let phase = 2 * Double.pi * (turns - turns.rounded(.down))
      features += [Float(sin(phase)), Float(cos(phase))]
    }
    return features
  }
}
