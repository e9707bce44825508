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
        guard let text = text(name) else { return fallback }
        guard let number = Int(text), bounds.contains(number) else {
            throw ConfigurationError(
                variable: family + name,
                expected: "a whole number from \(bounds.lowerBound) to \(bounds.upperBound)")
        }
        return number
    }

    /// The secret itself, or what the file holds that `<name>_FILE` names, without the line's end.
    public func secret(_ name: String) throws(ConfigurationError) -> Secret? {
        if let text = text(name) { return Secret(text) }
        guard let path = text(name + "_FILE") else { return nil }
        guard let data = try? Data(contentsOf: URL(filePath: path)), data.count <= 65_536 else {
            throw ConfigurationError(variable: family + name + "_FILE", expected: "a file that can be read")
        }
        let text = String(decoding: data, as: UTF8.self).split(whereSeparator: \.isNewline).first
        guard let text else {
            throw ConfigurationError(variable: family + name + "_FILE", expected: "a file with the secret in it")
        }
        return Secret(String(text))
    }

    /// `HOST`, a list of `host` or `host:port` parted by commas, and `PORT` for those without one.
    ///
    /// - Returns: Nothing when there is no `HOST`.
    public func addresses(defaultPort: Int) throws(ConfigurationError) -> [ServerAddress] {
        let port = try number("PORT", in: 1...65_535, default: defaultPort)
        var addresses: [ServerAddress] = []
        for part in (text("HOST") ?? "").split(separator: ",") {
            guard let address = ServerAddress(String(part.filter { $0 != " " }), defaultPort: port) else {
                throw ConfigurationError(variable: family + "HOST", expected: "host or host:port, parted by commas")
            }
            addresses.append(address)
        }
        return addresses
    }
}

extension ServerAddress {
    /// Reads `host`, `host:port`, `[IPv6]` or `[IPv6]:port`; an IPv6 address without brackets has no port.
    public init?(_ text: String, defaultPort: Int) {
        var host = Substring(text)
        var port = Substring("")
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { return nil }
            port = rest.dropFirst()
            guard rest.isEmpty == port.isEmpty else { return nil }
        } else if let colon = text.firstIndex(of: ":"), colon == text.lastIndex(of: ":") {
            host = text[..<colon]
            port = text[text.index(after: colon)...]
            guard !port.isEmpty else { return nil }
        }
        guard !host.isEmpty else { return nil }
        guard let number = port.isEmpty ? defaultPort : Int(port), (1...65_535).contains(number) else { return nil }
        self.init(host: String(host), port: number)
    }
}
