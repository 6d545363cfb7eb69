import Foundation
import Testing

@testable import RecurrentData

struct TableTests {
  private func rows(_ text: String, _ format: TableFormat = .commas.withoutHeader) throws -> [[String]] {
    let table = try Table(text: text, format: format)
    return try (0..<table.rowCount).map { row in
      try (0..<table.fieldCount(row: row)).map { try table.text(row: row, column: $0) }
    }
  }

  @Test func fieldsAsRFC4180HasThem() throws {
    #expect(try rows("a,b\nc,d\n") == [["a", "b"], ["c", "d"]])
    #expect(try rows("a,b\r\nc,d") == [["a", "b"], ["c", "d"]])
    #expect(try rows("a,b\rc,d\r") == [["a", "b"], ["c", "d"]])
    #expect(try rows(",\n,") == [["", ""], ["", ""]])
    #expect(try rows("a, b \n") == [["a", " b "]])
    #expect(try rows("\"a,\"\"b\"\"\r\nc\",\"\"\n\"\",d") == [["a,\"b\"\r\nc", ""], ["", "d"]])
    #expect(try rows("\n\na,b\n\r\n\nc,d\n\n\n") == [["a", "b"], ["c", "d"]])
    #expect(try rows("a\n\nb\n\"\"\n") == [["a"], ["b"], [""]])
    #expect(try rows("\u{FEFF}\u{E9},\u{1F600}\n") == [["\u{E9}", "\u{1F600}"]])
    #expect(try rows("a\t\"b\" c\t\"\n", .tabs.withoutHeader) == [["a", "\"b\" c", "\""]])
    #expect(try rows("a;1,5\n", .semicolons.withoutHeader) == [["a", "1,5"]])
    #expect(
      try rows("a,b\nc\n,,d\n", TableFormat(delimiter: 44, hasQuotes: true, hasHeader: false, isRagged: true))
        == [["a", "b"], ["c"], ["", "", "d"]])
  }

  /// The pieces in which a file arrives must not matter.
  @Test func anyCutIntoPiecesGivesTheSameTable() throws {
    let text = Array("\u{FEFF}x,\"y\"\r\n\"a\"\"\r\n,\",1\r\n\r\n\"\",22\rz,\n".utf8)
    func table(_ pieces: [[UInt8]]) throws -> [[UInt8]] {
      var parser = DelimitedParser(path: "", format: .commas)
      for piece in pieces { try parser.parse(piece) }
      let cells = try parser.finish()
      return (0..<cells.rowCount).flatMap { row in
        (0..<cells.fieldCount(row: row)).map { Array(cells.bytes[cells.range(row: row, field: $0)]) + [UInt8(cells.line(row: row))] }
      }
    }
    let whole = try table([text])
    #expect(whole.count == 8)
    for first in 3..<text.count {
      for second in first..<text.count {
        #expect(
          try table([Array(text[..<first]), Array(text[first..<second]), Array(text[second...])]) == whole, "\(first) \(second)")
      }
    }
  }

  @Test func columnsByNameAndNumber() throws {
    let table = try Table(text: " id ,load,load\na,1,2\nb,NA,-3.5e2\n")
    #expect(table.header == ["id", "load", "load"])
    #expect(try table.text("id") == ["a", "b"])
    #expect(try table.numbers(3) == [2, -350])
    #expect(try table.numbers(2)[1].isNaN)
    #expect((0..<2).map { table.line(row: $0) } == [2, 3])
    #expect(ColumnReference(parsing: "12") == .nameOrNumber("12", 12))
    #expect(ColumnReference(parsing: "a1") == "a1")
  }

  @Test func formatsByName() {
    #expect(TableFormat(fileName: "a.TSV.gz") == .tabs)
    #expect(TableFormat(fileName: "a.tsv") == .tabs)
    #expect(TableFormat(fileName: "a.csv.gz") == .commas)
    #expect(TableFormat(fileName: "tsv") == .commas)
  }

  @Test func aNameOfTheHeaderGoesBeforeAPlace() throws {
    func index(_ text: String, _ header: String) throws -> Int { try Table(text: header + "\n1,2,3\n").index(of: ColumnReference(parsing: text)) }
    #expect(try index("2", "0,1,2") == 2 && index("0", "0,1,2") == 0 && index("1", "date,2,1") == 2)
    #expect(try index("2", "date,load,wind") == 1)
    #expect(message { _ = try index("3", "0,1,2") } == "the table:1: there is no column \"3\" (there are: 0, 1, 2)")
    #expect(message { _ = try index("1", "1,2,1") } == "the table:1: 2 columns are named \"1\": 1, 3; give a number")
    #expect(try Table(text: "5,6,7\n", format: .commas.withoutHeader).index(of: ColumnReference(parsing: "3")) == 2)
  }

  @Test func semicolonsAreRecognizedAndCommasThenArePoints() throws {
    for text in ["t;a\n1;1,5\n2;-2,25\n", "t;a\n1;1.5\n2;-2.25\n"] {
      #expect(try withFile(text, name: "a.csv") { try Table(contentsOf: $0).numbers(2) } == [1.5, -2.25])
    }
    let bare = try withFile("1;0,5;0,7\n", name: "a.csv") { try TableFormat(recognizing: $0) }
    #expect(bare == .semicolons)
    for text in ["text,label\na;b,c\n", "\"a;b\",c\n", "a;b,c\n"] { #expect(try withFile(text, name: "a.csv") { try TableFormat(recognizing: $0) } == .commas) }
    #expect(try withFile("a\tb\n", name: "a.csv") { try TableFormat(recognizing: $0) } == .tabs)
  }

  @Test func numbersAreTheNearestOnes() throws {
    let written = [
      "0", "-0", "1.", ".5", "+7", "1e3", "-1.5E-3", "5.827000041143799", "0.1", "123456789012345678", "9007199254740993",
      "1e-320", "1.7976931348623157e308", "0.00000000000000000000001", " 12\t", "4503599627370496.5", "2.2250738585072011e-308",
    ]
    for text in written {
      let expected = try #require(Double(text.trimmingCharacters(in: .whitespaces)))
      #expect(NumberText.value(of: text) == .number(expected), "\(text)")
    }
    for index in 0..<20_000 {
      let value = Double(index &* 2_654_435_761 % 1_000_003) / Double(1 + index % 997)
      #expect(NumberText.value(of: "\(-value)") == .number(-value))
    }
    for text in ["", " ", "NA", "nan", "NaN", "NAN"] { #expect(NumberText.value(of: text) == .missing) }
    for text in ["inf", "-inf", "0x10", "nan(1)", "1e999", "1,5", "-", ".", "e5", "1 2", "--1", "na", "null", "1_000", "\u{661}"] {
      #expect(NumberText.value(of: text) == .invalid, "\(text)")
    }
  }

  @Test(.timeLimit(.minutes(1))) func aMillionRowsTakeSeconds() throws {
    var bytes = Array("date,a,b,c\n".utf8)
    for index in 0..<1_000_000 {
      bytes.append(contentsOf: "2016-07-\(10 + index % 20) 00:00:00,\(Double(index) * 0.37),\(index),-1.5\n".utf8)
    }
    try withFile(bytes, name: "a.csv") { url in
      let time = try ContinuousClock().measure {
        let table = try Table(contentsOf: url)
        #expect(table.rowCount == 1_000_000)
        #expect(try table.numbers("a").last == 999_999 * 0.37)
        #expect(try table.numbers("b").last == 999_999)
        #expect(try table.times("date").values.count == 1_000_000)
      }
      #expect(time < .seconds(15))
      if ProcessInfo.processInfo.environment["RECURRENT_SHOW_TIMES"] != nil { print("a million rows: \(time)") }
    }
  }
}
