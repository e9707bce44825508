/// A package that a lock file names.
struct DeclaredPackage: Hashable {
    /// Of package URLs: "npm".
    let type: String
    /// With its namespace before the last slash: "@types/node".
    let name: String
    let version: String
    var qualifiers: [String: String] = [:]

    /// - Returns: `nil` without a name, or where the version is a place or a range: those begin with no digit.
    init?(_ type: String, _ name: some StringProtocol, _ version: (any StringProtocol)?) {
        let name = String(name)
        guard let version = version.map({ "\($0)" }), !name.isEmpty, !version.contains(where: { $0.isWhitespace })
        else {
            return nil
        }
        guard let first = version.unicodeScalars.first(where: { $0 != "v" }), ("0"..."9").contains(first) else {
            return nil
        }
        self.type = type
        self.name = name
        self.version = version
    }
}
