/// Why bytes are not an inventory or a delta, or why a delta does not apply.
public enum InventoryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Line `line` (from 1) is not what the form demands.
    case malformedLine(line: Int, reason: String)
    /// There are more than `limit` packages.
    case tooManyPackages(limit: Int)
    /// The delta starts from another inventory than the one at hand.
    case baseMismatch(expected: InventoryDigest, actual: InventoryDigest)
    /// The delta applied, but what came out is not what it announced.
    case targetMismatch(expected: InventoryDigest, actual: InventoryDigest)
    /// The delta adds a package that is there already, or removes one that is not.
    case contradiction(package: String)

    /// One line for people.
    public var description: String {
        switch self {
        case .malformedLine(let line, let reason): "line \(line): \(reason)"
        case .tooManyPackages(let limit): "more than \(limit) packages"
        case .baseMismatch(let expected, let actual): "delta starts from \(expected), not from \(actual)"
        case .targetMismatch(let expected, let actual): "delta leads to \(actual), not to \(expected)"
        case .contradiction(let package): "delta contradicts the inventory at \(package)"
        }
    }
}
