import Foundation
import RecurrentData
public import RecurrentTraining

/// The `data` of a recipe for series: how files are read, what is held out, and how the measurements are scaled.
public struct SeriesDataConfiguration: Configuration {
  /// How a file is read.
  public enum Format: String, Codable, Sendable, CaseIterable {
    /// By the file's name: `.jsonl`, `.ts`, `.csv` and `.tsv`, idx images.
    case byName = "by-name"
    /// An object on each line, with `x` and `label`.
    case jsonLines = "json-lines"
    /// The text format of the UCR and UEA archives.
    case ts
    /// A row a step, with columns for id, time, label and measurements.
    case table
    /// A row a series: its label, then its steps.
    case labelFirst = "label-first"
    /// Images and their labels as idx files.
    case images
  }

  /// What a step of an image is.
  public enum ImageSteps: String, Codable, Sendable, CaseIterable {
    /// A row of pixels.
    case rows
    /// A single pixel.
    case pixels
  }

  /// How series come into folds and held-out shares.
  public enum Splitting: String, Codable, Sendable, CaseIterable {
    /// With every class in the same proportion.
    case stratified
    /// By chance.
    case random
    /// Whole groups at a time.
    case group
  }

  @Setting(
    "How a file is read; by-name: .jsonl as json-lines, .ts as ts, idx files as images; .csv and .tsv as table where idColumn"
      + " is set, else as label-first.")
  public var format = Format.byName
  @Setting("Of a table, the column with the label: its name in the header, or its number, counted from 1.") public var labelColumn = "label"
  @Setting("Of a table, the column whose equal values mark the rows of one series; needed for format table.") public var idColumn: String?
  @Setting("Of a table, the column of times, which must go forward within a series.") public var timeColumn: String?
  @Setting("Of a table, the column that says what a series belongs to: a person, a place.") public var groupColumn: String?
  @Setting("Of a table, the columns of measurements, with commas between. Absent: all that are nothing else.")
  public var featureColumns: String?
  @Setting(
    "The first line of a table names the columns; without a header columns are given by number. Of label-first, true looks whether there is such a line, and false says that there is none."
  ) public var header = true
  @Setting(isYounger: true, TableSeparator.documentation) public var separator = TableSeparator.byName
  @Setting("Of images: whether a step is a row of pixels or a single pixel.") public var imageSteps = ImageSteps.rows
  @Setting("Of images: put the steps into an order drawn once, the same in every run (Le et al. 2015).") public var permuted = false
  @Setting("Give each channel the mean 0 and the deviation 1 of the training part. Pixels are divided by 255 besides.")
  public var standardize = true
  @Setting(
    0...100,
    "Deviation of the normal noise that is added to each measurement in training, anew in every step: few series then teach as if"
      + " they were more (Graves 2012, section 3.3.2). In units of the channel's own deviation where measurements are standardized.")
  public var noise = 0.0
  @Setting(ClassWeights.documentation) public var classWeights = ClassWeights.equal
  @Setting(
    0...0.9,
    "Share of the training series that is held out for validation, where a directory has no file for it. 0: none is; the"
      + " model of the last epoch is kept, and the schedule must be fixed.")
  public var validation = 0.0
  @Setting(0...0.9, "Share of a single file that is held out for the test; not together with folds.") public var test = 0.0
  @Setting(
    2...1000,
    "Deal a single file into so many folds: `train` holds one of them out as the test part, `cross-validate` each in turn.")
  public var folds: Int?
  @Setting(1...1000, "The fold that is the test part.") public var fold = 1
  @Setting(
    "How series are dealt into folds and held-out shares: stratified (every class in proportion), random, or group (whole"
      + " groups, so that no person or place is on both sides; folds are then the groups themselves or several of them).")
  public var splitting = Splitting.stratified

  public init() {}

  public func validate() throws {
    if let folds, fold > folds {
      throw ConfigurationError(key: "fold", "is \(fold), and there are \(folds) folds; the first is 1")
    }
    if folds != nil, test > 0 {
      throw ConfigurationError(key: "test", "a fold is the test part already; leave test or folds out")
    }
    if validation + test >= 1 {
      throw ConfigurationError(key: "test", "with validation it leaves nothing to train on; make one of them smaller")
    }
    if format == .table, idColumn == nil {
      throw ConfigurationError(key: "idColumn", "is missing: a table needs a column that says which series a row is of")
    }
    if permuted, format != .images, format != .byName {
      throw ConfigurationError(key: "permuted", "is for images; leave it false for \(format.rawValue)")
    }
  }

  /// Which columns of a table make series.
  func columns(hasLabelPerStep: Bool) -> SequenceColumns {
    SequenceColumns(
      id: idColumn.map { ColumnReference(parsing: $0) }, time: timeColumn.map { ColumnReference(parsing: $0) },
      features: featureColumns.map { text in
        text.split(separator: ",").map { ColumnReference(parsing: $0.trimmingCharacters(in: .whitespaces)) }
      },
      label: ColumnReference(parsing: labelColumn), hasLabelPerStep: hasLabelPerStep,
      group: groupColumn.map { ColumnReference(parsing: $0) })
  }
}
