/// Something did not behave as its protocol says.
public struct ConformanceFailure: Error, CustomStringConvertible {
    /// What was expected, what was found, and where in the suite.
    public let description: String

    /// Makes one of words.
    public init(description: String) { self.description = description }
}

/// Fails unless both are equal.
public func expect<T: Equatable>(
    _ found: T, equals expected: T, _ what: String = "", file: StaticString = #fileID, line: UInt = #line
) throws {
    guard found != expected else { return }
    throw ConformanceFailure(description: "\(file):\(line) \(what): expected \(expected), found \(found)")
}

/// Fails unless the condition holds.
public func expect(_ holds: Bool, _ what: String, file: StaticString = #fileID, line: UInt = #line) throws {
    guard !holds else { return }
    throw ConformanceFailure(description: "\(file):\(line) \(what)")
}

/// Fails when there is nothing.
public func unwrap<T>(_ value: T?, _ what: String, file: StaticString = #fileID, line: UInt = #line) throws -> T {
    guard let value else { throw ConformanceFailure(description: "\(file):\(line) \(what) is missing") }
    return value
}
