/// A condition as one text, so that equal conditions are one number in the pool and sort alike however they came in.
///
/// Fields are separated by control characters, which are left out of what publishers write.
package enum ConditionText {
    private static let field: Character = "\u{1}"
    private static let operand: Character = "\u{2}"
    private static let match: Character = "\u{3}"
    private static let event: Character = "\u{4}"

    /// The text; empty for a condition that asks nothing.
    static func encode(_ condition: Condition?) -> String {
        guard let condition, !condition.isEmpty else { return "" }
        let platforms = condition.platforms.map { matches in
            matches.map { match in
                ([clean(match.criteria)] + (match.range?.events ?? []).map { encode($0) })
                    .joined(separator: String(event))
            }.sorted().joined(separator: String(match))
        }
        return [
            clean(condition.moduleStream ?? ""),
            condition.architectures.map { clean($0) }.sorted().joined(separator: String(operand)),
            clean(condition.criteria ?? ""), platforms.sorted().joined(separator: String(operand)),
        ].joined(separator: String(field))
    }

    /// Reads the text back; `nil` for the empty one.
    package static func decode(_ text: String) -> Condition? {
        guard !text.isEmpty else { return nil }
        let fields = text.split(separator: field, omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 4 else { return nil }
        let platforms = fields[3].split(separator: operand).map { matches in
            matches.split(separator: match).map { decode(match: $0) }
        }
        return Condition(
            moduleStream: fields[0].isEmpty ? nil : fields[0],
            architectures: fields[1].split(separator: operand).map(String.init),
            criteria: fields[2].isEmpty ? nil : fields[2], platforms: platforms)
    }

    private static func decode(match text: Substring) -> PlatformMatch {
        let parts = text.split(separator: event, omittingEmptySubsequences: false)
        let events = parts.dropFirst().compactMap { decode(event: $0) }
        return PlatformMatch(
            criteria: parts.first.map(String.init) ?? "",
            range: events.isEmpty ? nil : AffectedRange(kind: .ecosystem, events: events))
    }

    private static func encode(_ event: AffectedRange.Event) -> String {
        switch event {
        case .introduced(let version): "i" + clean(version)
        case .introducedAfter(let version): "a" + clean(version)
        case .fixed(let version): "f" + clean(version)
        case .lastAffected(let version): "l" + clean(version)
        case .limit(let version): "m" + clean(version)
        }
    }

    private static func decode(event text: Substring) -> AffectedRange.Event? {
        let version = String(text.dropFirst())
        switch text.first {
        case "i": return .introduced(version)
        case "a": return .introducedAfter(version)
        case "f": return .fixed(version)
        case "l": return .lastAffected(version)
        case "m": return .limit(version)
        default: return nil
        }
    }

    private static func clean(_ text: String) -> String {
        guard text.utf8.contains(where: { $0 < 0x20 }) else { return text }
        return String(decoding: text.utf8.filter { $0 >= 0x20 }, as: UTF8.self)
    }
}
