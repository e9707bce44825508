import Foundation
import Scoring
import Stores

/// The query of a request, decoded as forms are: `+` is a space.
///
/// - Source: <https://url.spec.whatwg.org/#urlencoded-parsing>
struct QueryParameters: Sendable {
    private let values: [String: String]

    /// Longest value that any route looks at, in bytes.
    static let valueLimit = 8 << 10

    /// The first of parameters with the same name counts; what is not UTF-8 after decoding is left out.
    init(_ query: String?) {
        var values: [String: String] = [:]
        for pair in (query ?? "").split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let decoded = parts.map { $0.replacing("+", with: " ").removingPercentEncoding }
            guard let name = decoded[0], let value = parts.count == 2 ? decoded[1] : "" else { continue }
            if values[name] == nil { values[name] = value }
        }
        self.values = values
    }

    /// A text; `nil` when missing or empty.
    ///
    /// - Parameter limit: Most characters, inclusive, counted as JSON Schema does.
    func text(_ name: String, limit: Int = valueLimit) throws -> String? {
        guard let value = try value(name), !value.isEmpty else { return nil }
        guard value.unicodeScalars.count <= limit else {
            throw APIError.invalid("\(name): longer than \(limit) characters")
        }
        return value
    }

    /// What is sent, empty too: what has a form is refused when it is empty.
    private func value(_ name: String) throws -> String? {
        guard let value = values[name] else { return nil }
        guard value.utf8.count <= Self.valueLimit else { throw APIError.invalid("\(name): too long") }
        return value
    }

    /// A search text: at most 200 characters.
    func search() throws -> String { try text("q", limit: 200) ?? "" }

    /// "true" or "false"; false when missing.
    func flag(_ name: String) throws -> Bool { try choice(name) ?? false }

    /// "true" or "false"; `nil` when missing, for what can also be left open.
    func choice(_ name: String) throws -> Bool? {
        switch try value(name) {
        case nil: nil
        case "false": false
        case "true": true
        default: throw APIError.invalid("\(name): neither true nor false")
        }
    }

    /// One of the words of an enumeration.
    func word<Word: RawRepresentable<String>>(_ name: String, as type: Word.Type) throws -> Word? {
        guard let text = try value(name) else { return nil }
        guard let word = Word(rawValue: text) else { throw APIError.invalid("\(name): not a word it can have") }
        return word
    }

    /// A whole number within bounds.
    func integer(_ name: String, in range: ClosedRange<Int64>) throws -> Int64? {
        guard let text = try value(name) else { return nil }
        guard let value = Int64(text), range.contains(value) else {
            throw APIError.invalid("\(name): not a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// A time in RFC 3339, "2026-01-31T12:00:00Z", with or without fractions.
    func time(_ name: String) throws -> Date? {
        guard let text = try value(name) else { return nil }
        // A plus that was sent as it is reads as a space here.
        guard let time = RFC3339.date(text.replacing(" ", with: "+")) else {
            throw APIError.invalid("\(name): not a time such as 2026-01-31T12:00:00Z")
        }
        return time
    }

    /// An id.
    func id<ID>(_ name: String, as read: (String) -> ID?) throws -> ID? {
        guard let text = try value(name) else { return nil }
        guard let id = read(text) else { throw APIError.invalid("\(name): not an id") }
        return id
    }

    /// `limit` and `cursor` of a list of the company.
    func page(of scope: CompanyScope) throws -> PageRequest {
        let limit = try integer("limit", in: 1...500) ?? 50
        let cursor = try value("cursor").map { try CompanyCursor.open($0, scope: scope) }
        return PageRequest(cursor: cursor, limit: Int(limit))
    }

    /// `state` of a list of findings: `open`, `accepted`, or `all`, which is `nil` and what holds when it is missing.
    func findingState() throws -> FindingState? {
        try value("state") == "all" ? nil : try word("state", as: FindingState.self)
    }

    /// `q`, `severity`, `exploited`, `fixable` and `undetermined`.
    func vulnerabilities() throws -> VulnerabilityQuery {
        var query = VulnerabilityQuery()
        query.search = try search()
        query.minimumSeverity = try word("severity", as: Severity.self)
        query.exploitedOnly = try flag("exploited")
        query.fixableOnly = try flag("fixable")
        query.undetermined = try flag("undetermined")
        return query
    }
}

extension VulnerabilityQuery {
    /// Leaves out what is not in a state.
    ///
    /// - Parameters:
    ///   - accepted: Ids of what is accepted somewhere.
    ///   - entirely: Of these, what is accepted everywhere.
    mutating func restrict(to state: FindingState?, accepted: Set<String>, entirely: Set<String>) {
        switch state {
        case .open: besides = entirely
        case .accepted: among = accepted
        case nil: break
        }
    }
}
