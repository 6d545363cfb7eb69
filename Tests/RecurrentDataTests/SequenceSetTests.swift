import Foundation
import Testing

@testable import RecurrentData

struct SequenceSetTests {
  @Test func jsonLines() throws {
    let text = """
      {"label": "a", "x": [[1, 2], [3, null]], "id": 7, "group": "g", "other": {"x": [1, {"y": []}], "z": "}"}}

      {"x":[[NaN,-1.5e2]],"label":3}
      """
    let set = try withFile(text) { try SequenceSet(jsonLines: $0) }
    #expect(set.channelNames == ["channel 1", "channel 2"])
    #expect(set.sequences.map(\.stepCount) == [2, 1])
    #expect(set.sequences.map(\.label) == ["a", "3"])
    #expect(set.sequences.map(\.line) == [1, 3])
    #expect(set.sequences[0].id == "7" && set.sequences[0].group == "g")
    #expect(set.sequences[0].values.prefix(3) == [1, 2, 3] && set.sequences[0].values[3].isNaN)
    #expect(set.sequences[0].mask == [1, 1, 1, 0])
    #expect(set.sequences[1].values[1] == -150)
    #expect(set.summary == ["2 sequences of 1 to 2 steps, 2 channels", "2 of 6 values are missing, in 2 sequences"])
  }

  @Test func jsonLinesWithALabelForEachStepAndOneChannel() throws {
    let set = try withFile("{\"x\":[1,2,3],\"label\":[\"\\u00e9\\n\",null,true]}") { try SequenceSet(jsonLines: $0) }
    #expect(set.channelCount == 1)
    #expect(set.sequences[0].values == [1, 2, 3])
    #expect(set.sequences[0].labels == .steps(["\u{E9}\n", nil, "true"]))
    #expect(set.labelKind == .steps)
  }

  @Test func tsFiles() throws {
    let text = """
      # a comment
      @problemName Example
      @timeStamps false
      @univariate false
      @dimensions 2
      @classLabel true walk run
      @data
      1,2,3:4,?,6:walk
      7 , 8:NaN,-1e1:run
      1:2:?
      """
    let set = try withFile(text) { try SequenceSet(tsFile: $0) }
    #expect(set.sequences.map(\.label) == ["walk", "run", nil])
    #expect(set.sequences.map(\.stepCount) == [3, 2, 1])
    let first = set.sequences[0].values  // [steps, channels]
    #expect(first[0] == 1 && first[1] == 4 && first[2] == 2 && first[3].isNaN && first[4] == 3 && first[5] == 6)
    #expect(set.sequences[1].values[3] == -10)
    #expect(set.summary.last == "1 sequence has no label")
    let regression = try withFile("@targetLabel true\n@data\n1,2:0.5\n") { try SequenceSet(tsFile: $0) }
    #expect(regression.sequences[0].label == "0.5")
    let unlabelled = try withFile("@classLabel false\r\n@data\r\n1,2\r\n") { try SequenceSet(tsFile: $0) }
    #expect(unlabelled.sequences[0].labels == .none && unlabelled.sequences[0].values == [1, 2])
  }

  @Test func tablesById() throws {
    let table = try Table(
      text: "who,t,place,a,b,y\nu,1,home,1,2,x\nv,1,away,5,6,z\nu,2,home,3,NA,x\nv,1.5,away,7,8,z\n")
    let set = try SequenceSet(table: table, columns: SequenceColumns(id: "who", time: "t", label: "y", group: "place"))
    #expect(set.channelNames == ["a", "b"])
    #expect(set.sequences.map(\.id) == ["u", "v"])
    #expect(set.sequences.map(\.label) == ["x", "z"])
    #expect(set.sequences.map(\.group) == ["home", "away"])
    #expect(set.sequences.map(\.line) == [2, 3])
    #expect(set.sequences[0].values.prefix(3) == [1, 2, 3] && set.sequences[0].values[3].isNaN)
    #expect(set.sequences[1].values == [5, 6, 7, 8])
    #expect(set.sequences[1].times == [1, 1.5])
    let steps = try SequenceSet(table: table, columns: SequenceColumns(features: ["b"], label: "y", hasLabelPerStep: true))
    #expect(steps.sequences.count == 1 && steps.sequences[0].labels == .steps(["x", "z", "x", "z"]))
    #expect(steps.channelNames == ["b"])
  }

  /// Labels and steps of rows that begin with labels, or do not.
  private func rows(_ text: String, known: KnownSeries? = nil, hasHeader: Bool = true) throws -> [String] {
    var format = TableFormat.commas
    format.hasHeader = hasHeader
    return try withFile(text) { try SequenceSet(labelFirst: $0, format: format, known: known) }.sequences.map {
      "\($0.label ?? "-"): \($0.values.map { "\(Int($0))" }.joined(separator: " "))"
    }
  }

  @Test func headersAndIndicesBeforeLabelsAreNoSeries() throws {
    let plain = ["a: 5 3 4", "b: 2 9 1"]
    let body = "a,5,3,4\nb,2,9,1\n"
    for header in ["", "label,0,1,2\n", "label,1,2,3\n", "label,t0,t1,t2\n", "class,x,y,z\n"] { #expect(try rows(header + body) == plain, "\(header)") }
    for header in ["", ",label,0,1,2\n", "index,label,t0,t1,t2\n"] { #expect(try rows(header + "0,a,5,3,4\n1,b,2,9,1\n") == plain, "\(header)") }
    #expect(try rows("1,0,1,2\n1,5,3,4\n2,2,9,1\n").count == 3)  // a class of another row, whose series counts up
    #expect(try rows("label,0,1,2\n" + body, hasHeader: false).count == 3)
  }

  @Test func seriesToBeJudgedMayLackLabels() throws {
    let numbers = KnownSeries(labels: ["1", "2"], lengths: 3...3)
    #expect(try rows("1,3,4\n2,9,1\n", known: numbers) == ["-: 1 3 4", "-: 2 9 1"])
    #expect(try rows("1,5,3,4\n7,2,9,1\n", known: numbers) == ["1: 5 3 4", "7: 2 9 1"])
    #expect(try rows("0,1,2\n5,3,4\n", known: numbers) == ["-: 0 1 2", "-: 5 3 4"])
    #expect(try rows("0,1,5,3,4\n1,2,2,9,1\n", known: numbers) == ["1: 5 3 4", "2: 2 9 1"])
    let texts = KnownSeries(labels: ["a", "b"], lengths: 2...5)
    #expect(try rows("5,3,4\n2,9\n", known: texts) == ["-: 5 3 4", "-: 2 9"])
    #expect(try rows("a,5,3,4\nb,2,9\n", known: texts) == ["a: 5 3 4", "b: 2 9"])
  }

  @Test func labelFirst() throws {
    let set = try withFile("1,-0.5,2\n2,3,NaN,4,NaN,\n?,1\n") { try SequenceSet(labelFirst: $0) }
    #expect(set.sequences.map(\.label) == ["1", "2", nil])
    #expect(set.sequences.map(\.stepCount) == [2, 3, 1])
    #expect(set.notes == ["1 sequence ended with missing values, which were taken for padding and left out"])
  }

  @Test func classesAreSortedAndStored() throws {
    #expect(try ClassTable(labels: ["10", "9", "-1", "9"], path: "").names == ["-1", "9", "10"])
    #expect(try ClassTable(labels: ["b", "10", "a", "9"], path: "").names == ["10", "9", "a", "b"])
    let classes = try ClassTable(labels: ["b", "a"], path: "")
    let copy = try JSONDecoder().decode(ClassTable.self, from: JSONEncoder().encode(classes))
    #expect(copy == classes && copy.index(of: "b") == 1 && copy.index(of: "c") == nil)
    #expect(throws: DecodingError.self) { try JSONDecoder().decode(ClassTable.self, from: Data("[\"a\",\"a\"]".utf8)) }
    let set = try withFile("{\"x\":[1],\"label\":\"b\"}\n{\"x\":[1]}") { try SequenceSet(jsonLines: $0) }
    #expect(try classes.indices(of: set) == [1, nil])
  }

  @Test func standardizationByHand() throws {
    // Channel 1: 1, 3, 5: mean 3, deviation sqrt(8/3). Channel 2: always 2. Channel 3: nothing.
    let training = try withFile("{\"x\":[[1,2,null],[3,2,null]]}\n{\"x\":[[5,2,null],[null,2,null]]}") {
      try SequenceSet(jsonLines: $0)
    }
    let statistics = Standardization(of: training)
    #expect(statistics.means == [3, 2, 0])
    #expect(abs(statistics.deviations[0] - (8.0 / 3).squareRoot()) < 1e-15)
    #expect(statistics.deviations[1] == 1 && statistics.deviations[2] == 1)
    #expect(statistics.constantChannels == [1] && statistics.emptyChannels == [2])
    #expect(
      statistics.notes == [
        "\"channel 2\" is constant in the training data (always 2.0): a model learns nothing from it",
        "\"channel 3\" has no value in the training data: it counts as 0 everywhere",
      ])
    let test = try withFile("{\"x\":[[3,4,9],[null,2,null]]}") { try SequenceSet(jsonLines: $0) }
    let values = statistics(test).sequences[0].values
    #expect(values[0] == 0 && values[1] == 2 && values[2] == 0 && values[3].isNaN && values[4] == 0 && values[5].isNaN)
    #expect(abs(statistics.restored(statistics.standardized(7.25, channel: 0), channel: 0) - 7.25) < 1e-12)
    let copy = try JSONDecoder().decode(Standardization.self, from: JSONEncoder().encode(statistics))
    #expect(copy == statistics)
  }

  @Test func aLargeMeanCostsNoDigits() {
    let column = (0..<1000).map { 1e9 + Double($0 % 2) }
    let statistics = Standardization(columns: [column, column.map { $0 - 1e9 }], names: ["a", "b"])
    #expect(statistics.deviations == [0.5, 0.5])
    let tiny = Standardization(columns: [[1e-200, 2e-200]], names: ["a"])
    #expect(tiny.deviations == [1] && tiny.constantChannels == [0])
  }

  @Test(.enabled(if: SharedData.has(SharedData.sensor), "The sensor data are not beside the checkout"))
  func sensorDataHaveTheKnownCounts() throws {
    let known: [(file: String, count: Int, lengths: ClosedRange<Int>, channels: Int, classes: Int)] = [
      ("japanese-vowels/train.jsonl", 270, 7...26, 12, 9), ("japanese-vowels/test.jsonl", 370, 7...29, 12, 9),
      ("basic-motions/train.jsonl", 40, 100...100, 6, 4), ("italy-power-demand/test.jsonl", 1029, 24...24, 1, 2),
      ("indoor-movement/all.jsonl", 314, 19...129, 4, 2),
    ]
    for (file, count, lengths, channels, classes) in known {
      let set = try SequenceSet(jsonLines: SharedData.sensor.appending(path: file))
      #expect(set.sequences.count == count, "\(file)")
      #expect(set.sequences.map(\.stepCount).min() == lengths.lowerBound, "\(file)")
      #expect(set.sequences.map(\.stepCount).max() == lengths.upperBound, "\(file)")
      #expect(set.channelCount == channels, "\(file)")
      #expect(try ClassTable(of: set).count == classes, "\(file)")
      #expect(set.missingCount == 0, "\(file)")
    }
    let ecg = try SequenceSet(labelFirst: SharedData.sensor.appending(path: "ecg5000-train/train.csv"))
    #expect(ecg.sequences.count == 500 && ecg.sequences.allSatisfy { $0.stepCount == 140 })
    let labels = ecg.sequences.compactMap(\.label)
    #expect(try ClassTable(of: ecg).names.map { name in labels.count { $0 == name } } == [292, 177, 10, 19, 2])
  }
}
