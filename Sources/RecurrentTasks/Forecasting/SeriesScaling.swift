import RecurrentData

/// What a model must know of its training rows to read others: means and deviations, and which columns may have gaps.
struct SeriesScaling: Sendable, Equatable, Codable {
  /// Of the targets and then of the covariates, from the training rows alone.
  let standardization: Standardization
  /// The columns with missing values in the training rows: each has a channel that says whether a value was there.
  let gapped: [Int]

  /// The statistics of the training rows.
  ///
  /// - Throws: `DataError` for a target that is constant or missing there.
  init(_ series: TimeSeries, training: Range<Int>) throws(DataError) {
    let columns = (series.targets + series.covariates).map { Array($0[training]) }
    standardization = Standardization(columns: columns, names: series.names)
    gapped = columns.indices.filter { columns[$0].contains(where: \.isNaN) }
    for target in series.targets.indices {
      if standardization.emptyChannels.contains(target) {
        throw DataError(series.path, "\(series.names[target]) has no value in the training rows; there is nothing to learn from")
      }
      if standardization.constantChannels.contains(target) {
        throw DataError(
          series.path,
          "\(series.names[target]) is always \(standardization.means[target]) in the training rows; there is nothing to forecast")
      }
    }
  }

  /// What is worth telling of the covariates.
  var notes: [String] { standardization.notes }
}

/// A series as a model reads it: numbers in units of the training rows' deviations, gaps filled and marked.
struct SeriesChannels: Sendable {
  /// The targets, NaN where missing: `[target][row]`.
  let observed: [[Float]]
  /// The targets with each gap filled by the last value before it, or the mean of the training rows where there is none.
  let filled: [[Float]]
  /// The further channels: covariates filled likewise, 1 or 0 for a value that was there or not, the calendar: `[channel][row]`.
  let others: [[Float]]
  /// How many of `others`, the first, are covariates.
  let covariateCount: Int
  /// Which of `others` say whether a value was there.
  private let marks: Range<Int>

  /// The channels of a series.
  init(_ series: TimeSeries, _ artifacts: Forecasting.Artifacts, _ data: ForecastingDataConfiguration) {
    let scaling = artifacts.scaling
    func scaled(_ values: [Double], _ channel: Int) -> [Float] {
      values.map { Float(scaling.standardization.standardized($0, channel: channel)) }
    }
    observed = series.targets.enumerated().map { scaled($1, $0) }
    filled = observed.map(Self.filled)
    var others = series.covariates.enumerated().map { Self.filled(scaled($1, series.targets.count + $0)) }
    let columns = series.targets + series.covariates
    covariateCount = others.count
    marks = others.count..<(others.count + scaling.gapped.count)
    for column in scaling.gapped { others.append(columns[column].map { $0.isNaN ? 0 : 1 }) }
    if data.calendar {
      let calendar = (artifacts.readsClock == true ? series.clock : series.times).map(TimeSeries.calendar)
      for channel in calendar[0].indices { others.append(calendar.map { $0[channel] }) }
    }
    self.others = others
  }

  /// The channels that a model of this scaling reads.
  static func count(_ scaling: SeriesScaling, _ data: ForecastingDataConfiguration) -> Int {
    data.targetNames.count + data.covariateNames.count + scaling.gapped.count + (data.calendar ? 6 : 0)
  }

  /// A further channel as it is known before `origin`: covariates stay as they were last, what is forecast counts as there, and the
  /// calendar goes on.
  func other(_ channel: Int, row: Int, origin: Int) -> Float {
    if row >= origin, marks.contains(channel) { return 1 }
    return others[channel][channel < covariateCount ? min(row, origin - 1) : row]
  }

  /// The number of rows.
  var rowCount: Int { observed[0].count }

  private static func filled(_ values: [Float]) -> [Float] {
    var last: Float = 0
    return values.map { value in
      if !value.isNaN { last = value }
      return last
    }
  }
}
