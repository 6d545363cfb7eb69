import Foundation
import RecurrentData
public import RecurrentDrawing
public import RecurrentLayers
public import RecurrentTensors

/// An input that `recurrent watch` was given.
public enum WatchedInput: Sendable, Equatable {
  /// What stands on the command line.
  case text(String)
  /// A file, as the user named it.
  case file(String)
}

extension WatchedInput {
  /// The text on the command line, or in the file.
  ///
  /// - Throws: ``WatchError`` for a file that cannot be read or is not UTF-8.
  func text() throws(WatchError) -> String {
    switch self {
    case .text(let text): return text
    case .file(let path):
      let bytes: [UInt8]
      do {
        bytes = try ByteSource(contentsOf: URL(fileURLWithPath: path)).readAll()
      } catch {
        throw WatchError("\(error)")
      }
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw WatchError("\(path): is not UTF-8; convert it (iconv -f LATIN1 -t UTF-8)")
      }
      return text
    }
  }
}

extension WatchedInput {
  /// The file of a model that reads files.
  var path: String {
    switch self {
    case .text(let path), .file(let path): path
    }
  }

  /// The file of a model that reads files, and which of its elements, counted from 1: `FILE`, or `FILE:7` for the seventh.
  ///
  /// - Parameter name: What an element is called.
  /// - Throws: ``WatchError`` for a number that is none.
  func fileAndNumber(of name: String) throws(WatchError) -> (file: URL, number: Int) {
    if FileManager.default.fileExists(atPath: path) { return (URL(fileURLWithPath: path), 1) }
    guard let colon = path.lastIndex(of: ":") else { return (URL(fileURLWithPath: path), 1) }
    guard let number = Int(path[path.index(after: colon)...]), number >= 1 else {
      throw WatchError("\(path): no such file; FILE:7 is the seventh \(name) of FILE")
    }
    return (URL(fileURLWithPath: String(path[..<colon])), number)
  }

  /// The element of that number.
  ///
  /// - Throws: ``WatchError`` where there are fewer.
  static func element<Element>(_ number: Int, of elements: [Element], in file: URL, called name: String) throws(WatchError) -> Element {
    guard number <= elements.count else {
      throw WatchError("\(file.relativePath): has \(Figures.counted(elements.count, name)), and number \(number) is asked for")
    }
    return elements[number - 1]
  }
}

/// What happens inside a network over one input.
public struct WatchedRun: Sendable {
  /// What each step is: the character or word that is read, the number of a frame. Spaces and ends of lines are signs
  /// that can be seen.
  public private(set) var steps: [String]
  /// What one step is called: "character".
  public var stepName: String
  /// How many steps the input has; more than are recorded where the input is long.
  public var inputStepCount: Int
  /// The cells of the network, the lowest layer first, over a batch of this one input.
  public var cells: [CellRecording<Float>]
  /// What else there is to see of the run: what a page shows before the cells. Empty: nothing.
  public var blocks: [Page.Block]

  /// A run.
  ///
  /// - Precondition: every cell was recorded over as many steps as there are, in a batch of one.
  public init(steps: [String], stepName: String, inputStepCount: Int, cells: [CellRecording<Float>], blocks: [Page.Block] = []) {
    check(
      cells.allSatisfy { $0.hidden.shape[0] == steps.count && $0.hidden.shape[1] == 1 },
      "WatchedRun: \(steps.count) steps, and recordings of \(cells.map(\.hidden.shape))")
    self.steps = steps.map(\.withVisibleSpace)
    self.stepName = stepName
    self.inputStepCount = inputStepCount
    self.cells = cells
    self.blocks = blocks
  }
}

/// An input into which one cannot look.
public struct WatchError: Error, Equatable, CustomStringConvertible {
  /// What is wrong, and what to do.
  public let description: String

  /// Creates an error with this description.
  public init(_ description: String) { self.description = description }
}
