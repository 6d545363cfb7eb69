import Foundation
import Testing

@testable import RecurrentData

/// What tables that cannot be used are told: the whole message, since a message is what people read.
struct TableErrorTests {
  @Test(arguments: [
    ("", "FILE: the table is empty: there is not one row"),
    ("\n\n\r\n", "FILE: the table is empty: there is not one row"),
    ("a,b\n", "FILE:1: the table has a header and no row after it"),
    ("a,b\n1\n", "FILE:2: 1 field where the header (line 1) has 2; every row must have as many"),
    (
      "\na,b\n1,2\n1,2,3\n",
      "FILE:4: 3 fields where the header (line 2) has 2 (a field that holds a comma must stand in quotes); every row must have as many"
    ),
    (
      "a,b\n1,\"x\n2,3\n4,5\n",
      "FILE:2:3: this quote is not closed before the file ends; close it, or read the table as one without quotes"
    ),
    (
      "a,b\n1,x\"y\n",
      "FILE:2:4: a quote within a field that does not begin with one; write the whole field in quotes and this quote twice,"
        + " or read the table as one without quotes"
    ),
    (
      "a,b\n\"1\n2\",3\n4,\"x\"y\n",
      "FILE:4:6: a field goes on after its closing quote (it was opened at 4:3); write a quote within quotes twice"
    ),
    ("a,b\n1,\0\n", "FILE:2:3: a byte 0: this is a binary file, a text file is needed here"),
    ("a,b\n\"1\n\0", "FILE:3:1: a byte 0: this is a binary file, a text file is needed here"),
  ])
  func tablesThatAreNone(text: String, expected: String) throws {
    #expect(try message(text) { _ = try Table(contentsOf: $0) } == expected)
  }

  @Test func bytesThatAreNoText() throws {
    #expect(
      try message([0xFF, 0xFE, 0x61, 0x00]) { _ = try Table(contentsOf: $0) }
        == "FILE: is UTF-16, not UTF-8; convert it (iconv -f UTF-16 -t UTF-8)")
    #expect(
      try message([0xE9, 44, 65, 10, 65, 44]) { _ = try Table(contentsOf: $0) }
        == "FILE:1: column 1: not UTF-8; convert the file (iconv -f LATIN1 -t UTF-8)")
    #expect(
      try message(Array("a,b\n\"x\ny\",".utf8) + [0xE9]) { _ = try Table(contentsOf: $0).text("b") }
        == "FILE:3: column 2 (\"b\"): not UTF-8; convert the file (iconv -f LATIN1 -t UTF-8)")
    let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 0x0D]
    #expect(
      try message(png) { _ = try Table(contentsOf: $0) }
        == "FILE:3:1: a byte 0: this is a binary file, a text file is needed here")
  }

  @Test(arguments: [
    ("a,b\n1,2\n", ColumnReference("c"), "FILE:1: there is no column \"c\" (there are: a, b)"),
    ("date,temp\n1,2\n", "tmp", "FILE:1: there is no column \"tmp\"; did you mean \"temp\"? (there are: date, temp)"),
    ("date,temp\n1,2\n", "pressure", "FILE:1: there is no column \"pressure\" (there are: date, temp)"),
    ("a,b\n1,2\n", 3, "FILE: there is no column 3: the table has 2, counted from 1"),
    ("a,b\n1,2\n", 0, "FILE: there is no column 0: the table has 2, counted from 1"),
    ("a,b,a\n1,2,3\n", "a", "FILE:1: 2 columns are named \"a\": 1, 3; give a number"),
    ("a,b\n1e308,2\n", "a", "FILE:2: column 1 (\"a\"): 1e308 \(NumberText.tooLargeRemedy)"),
    ("a,b\nx,2\n", "a", "FILE:2: column 1 (\"a\"): \"x\" is not a number; leave missing values empty, or write NA or NaN"),
    ("a\n1\n1;5\n", "a", "FILE:3: column 1 (\"a\"): \"1;5\" is not a number; leave missing values empty, or write NA or NaN"),
    ("a,b\n\"1,5\",2\n", "a", "FILE:2: column 1 (\"a\"): \"1,5\" is not a number; write the decimal point as a point"),
    ("a\n1\ninf\n", "a", "FILE:3: column 1 (\"a\"): \"inf\" is not a number; leave missing values empty, or write NA or NaN"),
    (
      "a,b\n\"\u{1B}[2J\",2\n", "a",
      "FILE:2: column 1 (\"a\"): \"\\u{1B}[2J\" is not a number; leave missing values empty, or write NA or NaN"
    ),
  ])
  func columnsThatAreNoNumbers(text: String, column: ColumnReference, expected: String) throws {
    #expect(try message(text) { _ = try Table(contentsOf: $0).numbers(column) } == expected)
  }

  @Test func aTableWithoutHeaderHasNoNames() throws {
    #expect(
      message { _ = try Table(text: "1,2\n", format: .commas.withoutHeader).text("a") }
        == "the table: the table has no header, so \"a\" names no column; give the column's number, 1 to 2")
  }

  @Test(arguments: [
    (
      "t\n2016-07-02\n2016-07-01\n",
      "FILE:3: column 1 (\"t\"): \"2016-07-01\" is before \"2016-07-02\" in line 2; sort the rows by time"
    ),
    ("t\n5\n\n5.0\n", "FILE:4: column 1 (\"t\"): \"5.0\" is the same time as \"5\" in line 2; leave one row for each time"),
    (
      "t\n01.07.2016\n",
      "FILE:2: column 1 (\"t\"): \"01.07.2016\" is not a time; write 2016-07-01, 2016-07-01 13:30:00, 2016-07-01T13:30:00Z or a number"
    ),
    (
      "t,a\n1,2\n,3\n",
      "FILE:3: column 1 (\"t\"): there is no time; write 2016-07-01, 2016-07-01 13:30:00, 2016-07-01T13:30:00Z or a number"
    ),
    (
      "t\n2016-07-01\n17\n",
      "FILE:3: column 1 (\"t\"): \"17\" is not a time as the rows before have it; write it like \"2016-07-01\""
    ),
    ("t\n17\n2016-07-01\n", "FILE:3: column 1 (\"t\"): \"2016-07-01\" is not a number, as the times of the rows before are"),
    (
      "t\n2016-02-30\n",
      "FILE:2: column 1 (\"t\"): \"2016-02-30\" is not a time; write 2016-07-01, 2016-07-01 13:30:00, 2016-07-01T13:30:00Z or a number"
    ),
  ])
  func timesThatAreNone(text: String, expected: String) throws {
    #expect(
      try message(text) { url in
        let table = try Table(contentsOf: url)
        try table.checkOrder(table.times("t"), of: "t")
      } == expected)
  }
}
