#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A variable that cannot be used.
public struct ConfigurationError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Its name.
    public let variable: String
    /// What it should be. Never its value, which may be a secret.
    public let expected: String

    /// Makes one from its parts.
    public init(variable: String, expected: String) {
        self.variable = variable
        self.expected = expected
    }

    /// For people.
    public var description: String { "\(variable) must be \(expected)" }
}

/// Reads settings from variables of one family, such as `REDIS_…`. An empty variable counts as one that is not set.
public struct EnvironmentVariables: Sendable {
    private let variables: [String: String]
    private let family: String

    /// - Parameter family: What all names begin with, such as `REDIS_`.
    public init(_ variables: [String: String], family: String) {
        self.variables = variables
        self.family = family
    }

    /// The text as it stands.
    public func text(_ name: String) -> String? {
        guard let value = variables[family + name], !value.isEmpty else { return nil }
        return value
    }

    /// What stands between commas, without spaces; nothing when the variable is not set.
    public func words(_ name: String) -> [String] {
        (text(name) ?? "").split(separator: ",").map { String($0.filter { $0 != " " }) }.filter { !$0.isEmpty }
    }

    /// `true`, `yes`, `on`, `1` or their opposites, in any case.
    public func flag(_ name: String, default fallback: Bool) throws(ConfigurationError) -> Bool {
        guard let text = text(name) else { return fallback }
        switch text.lowercased() {
        case "true", "yes", "on", "1": return true
        case "false", "no", "off", "0": return false
        default: throw ConfigurationError(variable: family + name, expected: "true or false")
        }
    }

    /// A whole number within bounds.
    public func number(
        _ name: String, in bounds: ClosedRange<Int>, default fallback: Int
    ) throws(ConfigurationError) -> Int {
        try number(name, in: bounds) ?? fallback
    }

    /// A whole number within bounds; `nil` when the variable is not set.
    public func number(_ name: String, in bounds: ClosedRange<Int>) throws(ConfigurationError) -> Int? {
        guard let text = text(name) else { return nil }
        guard let number = Int(text), bounds.contains(number) else {
            throw ConfigurationError(
                variable: family + name,
                expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// One of the cases of a type, by its raw value.
    public func choice<Choice: RawRepresentable<String> & CaseIterable>(
        _ name: String, of type: Choice.Type
    ) throws(ConfigurationError) -> Choice? {
        guard let text = text(name) else { return nil }
        guard let choice = Choice(rawValue: text.lowercased()) else {
            let words = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw ConfigurationError(variable: family + name, expected: "one of \(words)")
        }
        return choice
    }

    /// The secret itself, or what the file holds that `<name>_FILE` names, without the line's end. Not both.
    public func secret(_ name: String) throws(ConfigurationError) -> Secret? {
        let secret = text(name)
        guard let path = text(name + "_FILE") else { return secret.map(Secret.init) }
        guard secret == nil else {
            throw ConfigurationError(variable: family + name + "_FILE", expected: "absent when \(family + name) is set")
        }
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 65_536 else {
            throw ConfigurationError(variable: family + name + "_FILE", expected: "a file that can be read")
        }
        let text = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first
        guard let text else {
            throw ConfigurationError(variable: family + name + "_FILE", expected: "a file with the secret in it")
        }
        return Secret(String(text))
    }

    /// `HOST`, a list of addresses, and `PORT` for those without one.
    ///
    /// - Returns: Nothing when there is no `HOST`.
    public func addresses(defaultPort: Int) throws(ConfigurationError) -> [ServerAddress] {
        try list("HOST", defaultPort: try number("PORT", in: 1...65_535, default: defaultPort))
    }

    /// A list of `host` or `host:port`, parted by commas; nothing when the variable is not set.
    public func list(_ name: String, defaultPort: Int) throws(ConfigurationError) -> [ServerAddress] {
        var addresses: [ServerAddress] = []
        for part in (text(name) ?? "").split(separator: ",") {
            guard let address = ServerAddress(String(part.filter { $0 != " " }), defaultPort: defaultPort) else {
                throw ConfigurationError(variable: family + name, expected: "host or host:port, parted by commas")
            }
            addresses.append(address)
        }
        return addresses
    }
}
