import Foundation
import RecurrentData
import RecurrentTasks
import RecurrentTraining
import Testing

/// Baselines on real data, beside figures that others published for them.
struct BaselineReferenceTests {
  private static let shared = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    .appending(path: "../shared/data").standardizedFileURL
  private static let italy = shared.appending(path: "sensor/italy-power-demand")
  private static let sentiment = shared.appending(path: "sst/binary")
  private static let ett = shared.appending(path: "ett/ETTh1.csv")

  private static func has(_ url: URL) -> Bool { FileManager.default.fileExists(atPath: url.path) }

  /// The UCR archive's own table: an error of 0.0447 (Euclidean) and 0.0496 (warping without limit).
  @Test(.enabled(if: has(italy), "Italy power demand is not beside the checkout"))
  func nearestNeighboursOnItalyPowerDemand() throws {
    let training = try SequenceSet(jsonLines: Self.italy.appending(path: "train.jsonl"))
    let test = try SequenceSet(jsonLines: Self.italy.appending(path: "test.jsonl"))
    let classes = try ClassTable(of: training)
    let truth = try classes.indices(of: test).compactMap(\.self)
    for (distance, errors) in [(SeriesDistance.euclidean, 46), (.timeWarping(band: 1), 51)] {
      let baseline = NearestNeighbour(
        training: training.sequences, classes: try classes.indices(of: training).compactMap(\.self), distance: distance)
      let predictions = test.sequences.map { baseline.prediction(for: $0) }
      #expect(zip(predictions, truth).count { $0 != $1 } == errors, "\(distance)")
    }
  }

  /// Sentences of the Stanford Sentiment Treebank, without its phrases: about 80 % is what such models reach.
  @Test(.enabled(if: has(sentiment), "The Stanford Sentiment Treebank is not beside the checkout"))
  func bagOfWordsOnSentences() throws {
    let training = try Table(contentsOf: Self.sentiment.appending(path: "train.tsv"), format: .tabs.withoutHeader)
    let test = try Table(contentsOf: Self.sentiment.appending(path: "test.tsv"), format: .tabs.withoutHeader)
    let baseline = BagOfWordsClassifier(
      texts: try training.text(2), classes: try training.numbers(1).map { Int($0) }, classCount: 2)
    let matrix = ConfusionMatrix(
      truth: try test.numbers(1).map { Int($0) }, predictions: baseline.predictions(of: try test.text(2)), classCount: 2)
    #expect(matrix.total == 1821)
    #expect(matrix.accuracy > 0.8)
  }

  /// A linear model of two weeks beats both naive forecasts a day ahead on ETTh1 (12, 4 and 4 months, standardized by the first 12).
  @Test(.enabled(if: has(ett), "ETTh1 is not beside the checkout"))
  func linearForecastsOfATransformersTemperature() throws {
    let table = try Table(contentsOf: Self.ett)
    let times = try table.times("date")
    try table.checkOrder(times, of: "date")
    #expect(TimeStep(of: times) == .constant(3600))
    let raw = try table.numbers("OT")
    let training = 0..<8640
    let standardization = Standardization(columns: [Array(raw[training])], names: ["OT"])
    let series = raw.map { standardization.standardized($0, channel: 0) }
    let origins = Array(11_520...14_400 - 24)
    let targets = origins.flatMap { series[$0..<$0 + 24] }
    func error(_ forecasts: [[Double]]) throws -> Double {
      try #require(ForecastError.meanSquared(forecasts.flatMap(\.self), targets: targets))
    }
    let linear = try RidgeAutoregression(columns: [series], targets: [0], rows: training, lags: 336, horizon: 24)
    let linearError = try error(linear.forecasts([series], origins: origins))
    let persistence = try error(origins.map { NaiveForecast.persistence.forecast(after: series[$0 - 24..<$0], horizon: 24) })
    let seasonal = try error(origins.map { NaiveForecast.seasonal(steps: 24).forecast(after: series[$0 - 24..<$0], horizon: 24) })
    #expect(linearError < 0.03)
    #expect(linearError < persistence && persistence < seasonal)
  }
}
