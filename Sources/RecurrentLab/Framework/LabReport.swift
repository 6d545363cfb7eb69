import RecurrentData
public import RecurrentDrawing
import RecurrentTasks
import RecurrentTraining

/// A run of an experiment, ready to be written: its page and its files.
public struct LabReport: Sendable {
  /// The page, `report.html`.
  public let page: Page
  /// The results of the experiment.
  public let findings: Findings
  /// The parameters of the run: key and value.
  public let parameters: [(key: String, value: String)]

  /// Runs an experiment and writes it up.
  ///
  /// - Throws: what the experiment throws.
  public init<E: Experiment>(_ experiment: E.Type, _ parameters: E.Parameters, command: String, on bench: Bench) throws {
    let values = parameters.writtenValues
    self.parameters = values
    findings = try E.run(parameters, on: bench)

    var page = Page(E.summary)
    for paragraph in findings.introduction ?? E.introduction { page.append(.paragraph(paragraph)) }
    if !E.equations.isEmpty { page.append(.equation(E.equations)) }
    page.append(.heading("What to notice"))
    page.append(.list(findings.notes))
    page.append(.table(findings.table, caption: findings.tableNote))
    for block in findings.blocks { page.append(block) }
    page.append(.heading("How this was made"))
    page.append(.code(command))
    let keys = E.Parameters.keys
    page.append(
      .table(
        Page.Table(
          ["parameter", "value", "what it is"],
          values.map { value in
            [value.key, value.value, keys.first { $0.name == value.key }?.documentation ?? ""]
          } + [["seed", "\(bench.seed)", "What all random numbers come from; the same seed gives the same page."]])))
    if !findings.files.isEmpty {
      page.append(.paragraph("The numbers behind the pictures lie beside this page:"))
      page.append(.list(findings.files.map { "`\($0.name)`: " + $0.columns.joined(separator: ", ") }))
    }
    page.append(.heading("Sources"))
    page.append(.list(E.sources))
    self.page = page
  }
}
