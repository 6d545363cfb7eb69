import Testing

/// What examples print is not for the tests' output.
func print(_ items: Any..., separator: String = " ", terminator: String = "\n") {}

/// The examples of the documentation. All are compiled, by the build of this target; those that need nothing from elsewhere are run.
@Suite struct ExampleTests {
  @Test func thereAreExamples() { #expect(wholeExamples.count > 50) }

  @Test(arguments: wholeExamples.map(\.name)) func itRuns(name: String) throws {
    try #require(wholeExamples.first { $0.name == name }).run()
  }
}
