import Advisories
import JSONDocuments

/// One statement of the corpus: an advisory cut down to ids, one package and its versions.
///
/// Events are texts: `>=1` introduced, `>1` introduced just above, `<2` fixed, `<=2` last affected, `|3` limit; a range that begins with
/// `semver` follows Semantic Versioning whatever the scope's ordering is.
struct CondensedAdvisory {
    private let root: JSONValue
    private let line: String

    init(_ root: JSONValue, line: String) {
        self.root = root
        self.line = line
    }

    func advisory() throws -> Advisory {
        Advisory(
            id: try required("id"), feed: FeedID(rawValue: try required("feed")), aliases: strings("aliases"),
            upstream: strings("upstream"), withdrawn: root["withdrawn"]?.bool == true ? 0 : nil,
            affected: [
                AffectedPackage(
                    scope: try required("scope"),
                    name: PackageNames.normalised(try required("name"), scope: try required("scope")),
                    ranges: try ranges(),
                    versions: strings("versions"), state: try state(), urgency: root["urgency"]?.string,
                    condition: condition())
            ])
    }

    private func required(_ key: StaticString) throws -> String {
        guard let text = root[key]?.string else { throw CorpusError(description: "\(key) is missing: \(line)") }
        return text
    }

    private func strings(_ key: StaticString) -> [String] {
        root[key]?.array.map { $0.compactMap(\.string) } ?? []
    }

    private func ranges() throws -> [AffectedRange] {
        guard let list = root["ranges"]?.array else { return [] }
        return try list.map { element in
            let texts = element.array.map { $0.compactMap(\.string) } ?? []
            let isSemantic = texts.first == "semver"
            let events = try texts.dropFirst(isSemantic ? 1 : 0).map(event)
            return AffectedRange(kind: isSemantic ? .semver : .ecosystem, events: events)
        }
    }

    private func event(_ text: String) throws -> AffectedRange.Event {
        if text.hasPrefix(">=") { return .introduced(String(text.dropFirst(2))) }
        if text.hasPrefix("<=") { return .lastAffected(String(text.dropFirst(2))) }
        if text.hasPrefix("<") { return .fixed(String(text.dropFirst())) }
        if text.hasPrefix(">") { return .introducedAfter(String(text.dropFirst())) }
        if text.hasPrefix("|") { return .limit(String(text.dropFirst())) }
        throw CorpusError(description: "no event: \(text)")
    }

    private func state() throws -> FixState {
        switch root["state"]?.string {
        case nil: return .unspecified
        case "unfixed": return .unfixed
        case "fixed": return .fixed
        case "not_affected": return .notAffected
        case "end_of_life": return .endOfLife
        case "ignored": return .ignored
        case "undetermined": return .undetermined
        default: throw CorpusError(description: "unknown state: \(line)")
        }
    }

    private func condition() -> Condition? {
        let platforms = root["platforms"]?.array.map { operands in
            operands.map { ($0.array.map { $0.compactMap(\.string) } ?? []).map { PlatformMatch(criteria: $0) } }
        }
        let condition = Condition(
            moduleStream: root["stream"]?.string, architectures: strings("arch"), criteria: root["cpe"]?.string,
            platforms: platforms ?? [])
        return condition.isEmpty ? nil : condition
    }
}
