import Foundation
import Testing

@testable import RecurrentTraining

/// Any value, on one line and through `Codable`.
@Suite struct JSONTests {
  let value = JSON.object([
    ("b", .list([.integer(-3), .number(0.1), .number(2), .boolean(true), .null])), ("a", .text("\"\\\n\r\t\u{1}\u{7F}é")),
    ("c", .object([("none", .number(.infinity)), ("large", .unsigned(.max))])),
  ])

  /// Members in the order in which they were written; control characters escaped; what JSON has no word for is null.
  @Test func onOneLine() {
    #expect(
      value.description
        == #"{"b":[-3,0.1,2,true,null],"a":"\"\\\n\r\t\u0001\u007fé","c":{"none":null,"large":18446744073709551615}}"#)
    #expect(JSON.optional(nil).description == "null")
    #expect(JSON.optional(1e300).description == "1e+300")
  }

  @Test func throughCodable() throws {
    let back = try JSONDecoder().decode(JSON.self, from: Data(value.description.utf8))
    // Whole numbers and the names' order are what JSON does not tell.
    let expected = JSON.object([
      ("a", .text("\"\\\n\r\t\u{1}\u{7F}é")), ("b", .list([.integer(-3), .number(0.1), .integer(2), .boolean(true), .null])),
      ("c", .object([("large", .unsigned(.max)), ("none", .null)])),
    ])
    #expect(back == expected)
    #expect(back != value)
    #expect(try JSONDecoder().decode(JSON.self, from: JSONEncoder().encode(expected)) == expected)
  }
}
