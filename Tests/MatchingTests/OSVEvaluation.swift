import Versioning

@testable import Advisories

/// The OSV evaluation algorithm, written down as the specification has it, with plain comparisons of versions and no index.
///
/// Source: <https://ossf.github.io/osv-schema/#evaluation>
struct OSVEvaluation {
    let ordering: VersionOrdering

    enum Answer: Equatable {
        case affected, notAffected, undetermined
    }

    func answer(_ version: String, _ packages: [AffectedPackage]) -> Answer {
        guard (try? ordering.key(version, reading: .tolerant)) != nil else { return .undetermined }
        var isUndetermined = false
        var hasStatement = false
        for package in packages {
            let ranges = package.ranges.filter { $0.kind != .git }
            hasStatement = hasStatement || !ranges.isEmpty || !package.versions.isEmpty
            if package.versions.contains(where: { compare(version, $0) == 0 }) { return .affected }
            for range in ranges {
                switch isIncluded(version, range) {
                case true?: return .affected
                case false?: break
                case nil: isUndetermined = true
                }
            }
        }
        return isUndetermined || !hasStatement ? .undetermined : .notAffected
    }

    /// `nil` when some bound does not parse.
    private func isIncluded(_ version: String, _ range: AffectedRange) -> Bool? {
        var events: [(text: String, offset: Int, event: AffectedRange.Event)] = []
        var limits: [String] = []
        for (offset, event) in range.events.enumerated() {
            switch event {
            case .introduced(let text), .introducedAfter(let text), .fixed(let text), .lastAffected(let text):
                events.append((text, offset, event))
            case .limit(let text): limits.append(text)
            }
        }
        for text in events.map(\.text) + limits
        where text != "*" && (try? ordering.key(text, reading: .tolerant)) == nil {
            guard text == "0" else { return nil }
        }
        guard limits.isEmpty || limits.contains("*") || limits.contains(where: { (compare(version, $0) ?? 1) < 0 })
        else {
            return false
        }
        events.sort { lhs, rhs in
            let order = compareEvents(lhs.event, rhs.event)
            return order == 0 ? lhs.offset < rhs.offset : order < 0
        }
        var isVulnerable = false
        for (text, _, event) in events {
            switch event {
            case .introduced: if text == "0" || (compare(version, text) ?? -1) >= 0 { isVulnerable = true }
            case .introducedAfter: if (compare(version, text) ?? -1) > 0 { isVulnerable = true }
            case .fixed: if (compare(version, text) ?? -1) >= 0 { isVulnerable = false }
            case .lastAffected: if (compare(version, text) ?? -1) > 0 { isVulnerable = false }
            case .limit: break
            }
        }
        return isVulnerable
    }

    private func compareEvents(_ lhs: AffectedRange.Event, _ rhs: AffectedRange.Event) -> Int {
        let isZero = (lhs == .introduced("0"), rhs == .introduced("0"))
        if isZero.0 || isZero.1 { return isZero.0 == isZero.1 ? 0 : isZero.0 ? -1 : 1 }
        return compare(Self.text(lhs), Self.text(rhs)) ?? 0
    }

    static func text(_ event: AffectedRange.Event) -> String {
        switch event {
        case .introduced(let text), .introducedAfter(let text), .fixed(let text), .lastAffected(let text),
            .limit(let text):
            text
        }
    }

    private func compare(_ lhs: String, _ rhs: String) -> Int? {
        guard let left = try? ordering.key(lhs, reading: .tolerant),
            let right = try? ordering.key(rhs, reading: .tolerant)
        else { return nil }
        return left == right ? 0 : left < right ? -1 : 1
    }
}
