/// Something a scan could not read, while it went on with the rest.
public struct ScanWarning: Sendable, Hashable, Codable, CustomStringConvertible {
    /// Where, as seen from inside the scanned root ("/var/lib/dpkg/status").
    public var path: String

    /// Why, in one line for people.
    public var reason: String

    /// - Parameters:
    ///   - path: Where, as seen from inside the scanned root.
    ///   - reason: Why, in one line for people.
    public init(path: String, reason: String) {
        self.path = path
        self.reason = reason
    }

    /// "path: reason"
    public var description: String { "\(path): \(reason)" }
}
