public import RecurrentTraining

/// What a task says of a model, line by line and as JSON.
public struct ModelInspection: Sendable {
  /// The network in one line: cells, layers, units.
  public var network: String
  /// Further lines: a label of at most eleven characters and what it says.
  public var lines: [(label: String, text: String)]
  /// Further members of the JSON object.
  public var members: [(String, JSON)]

  /// What there is to tell.
  public init(network: String, lines: [(label: String, text: String)] = [], members: [(String, JSON)] = []) {
    self.network = network
    self.lines = lines
    self.members = members
  }

  /// The first symbols of a vocabulary, quoted, as many as fit a line.
  public static func sample(_ symbols: [String]) -> String {
    var shown: [String] = []
    var length = 0
    for symbol in symbols {
      let text = JSON.text(symbol).description.withVisibleControls
      length += text.count + 1
      if length > 70 { return shown.joined(separator: " ") + " ..." }
      shown.append(text)
    }
    return shown.joined(separator: " ")
  }
}
