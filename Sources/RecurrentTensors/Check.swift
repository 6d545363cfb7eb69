/// Stops the program with `message` where `condition` does not hold: for mistakes of a caller, such as shapes that do not fit.
///
/// `precondition` does the same, but an optimized build throws its message away. Here the message is printed in every build, and it is made only
/// where the condition fails.
///
/// ```swift
/// check(inputs.shape.count == 3, "Smoothing: inputs of the shape \(inputs.shape) are not [time, batch, feature]")
/// ```
@inlinable
public func check(
  _ condition: @autoclosure () -> Bool, _ message: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line
) {
  if !condition() { stop(message(), file: file, line: line) }
}

/// Out of line, so that a check costs its caller a comparison and no more.
@inline(never)
@usableFromInline
func stop(_ message: String, file: StaticString, line: UInt) -> Never { fatalError(message, file: file, line: line) }
