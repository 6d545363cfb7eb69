import Foundation

/// Where the results go: a table for people, or a JSON object a line.
struct Report {
  let isJSON: Bool

  /// The line before a machine's measurements, and the fields of it, as JSON or as a table.
  func show(_ machine: Machine) {
    if isJSON { return line(of: Tagged(kind: "machine", value: machine)) }
    func row(_ name: String, _ one: String, _ all: String) {
      write(name.padded(to: 24) + one.padded(to: 16, right: true) + all.padded(to: 16, right: true))
    }
    let threads = machine.threads == 1 ? "1 thread" : "\(machine.threads) threads"
    if !machine.processor.isEmpty { write(machine.processor) }
    row("", "1 thread", threads)
    for peak in machine.peaks {
      let used = peak.instructionSet == machine.instructionSet ? " (in use)" : ""
      row(
        peak.instructionSet + used, String(format: "%.1f GFLOP/s", peak.operations.one * 1e-9),
        String(format: "%.1f GFLOP/s", peak.operations.all * 1e-9))
    }
    for level in machine.levels {
      let capacity = level.capacity.map { $0 >= 1 << 20 ? " (\($0 >> 20) MiB)" : " (\($0 >> 10) KiB)" } ?? ""
      row(
        level.name + capacity, String(format: "%.1f GB/s", level.reading.one * 1e-9),
        String(format: "%.1f GB/s", level.reading.all * 1e-9))
    }
    write("")
  }

  /// The heads of the table of measurements.
  func begin() {
    if isJSON { return }
    write(
      columns("benchmark", ["ms", "GFLOP/s", "% peak", "GB/s", "level", "% bytes", "limit ms"]))
  }

  func show(_ measurement: Measurement) {
    if isJSON { return line(of: measurement) }
    let m = measurement
    let hasOperations = m.operations > 0
    write(
      columns(
        m.id,
        [
          String(format: "%.4f", m.seconds * 1e3),
          hasOperations ? String(format: "%.1f", Double(m.operations) / m.seconds * 1e-9) : "",
          hasOperations ? String(format: "%.1f", 100 * m.arithmeticLimit / m.seconds) : "",
          String(format: "%.1f", Double(m.bytes) / m.seconds * 1e-9),
          m.level,
          String(format: "%.1f", 100 * m.bytesLimit / m.seconds),
          String(format: "%.4f", max(m.arithmeticLimit, m.bytesLimit) * 1e3),
        ]))
  }

  private func columns(_ id: String, _ figures: [String]) -> String {
    id.padded(to: 46) + figures.map { $0.padded(to: 11, right: true) }.joined()
  }

  /// An object with a key `kind` beside its own.
  private struct Tagged<Value: Encodable>: Encodable {
    var kind: String
    var value: Value

    private enum Key: CodingKey { case kind }

    func encode(to encoder: any Encoder) throws {
      try value.encode(to: encoder)
      var container = encoder.container(keyedBy: Key.self)
      try container.encode(kind, forKey: .kind)
    }
  }

  private func line(of value: some Encodable) {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    // Everything that is encoded here is finite or absent.
    guard let data = try? encoder.encode(value) else { preconditionFailure("a result that JSON cannot hold") }
    write(String(decoding: data, as: UTF8.self))
  }

  /// Writes a line at once, also through a pipe: a run takes minutes.
  private func write(_ text: String) {
    print(text)
    fflush(nil)
  }
}

extension String {
  /// The text in `width` columns, at their left or right end.
  fileprivate func padded(to width: Int, right: Bool = false) -> String {
    let space = String(repeating: " ", count: max(right ? 1 : 0, width - count))
    return right ? space + self : self + space
  }
}
