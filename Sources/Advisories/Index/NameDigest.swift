import Crypto
import Versioning

/// A digest of everything about a name that can change a verdict: two indexes with equal digests match its packages alike.
struct NameDigest {
    private let pending: GatheredAdvisories
    private let map: VulnerabilityMap
    private let order: AdvisoryOrder
    private let ruleDigests: [[UInt8]]

    /// Digests the rule sets, by version texts rather than places, which shift with every new version.
    init(
        pending: GatheredAdvisories, map: VulnerabilityMap, order: AdvisoryOrder, versions: NameVersions,
        rules: RuleSets
    ) {
        self.pending = pending
        self.map = map
        self.order = order
        ruleDigests = rules.all.map { rule in
            var bytes = SectionBytes()
            bytes.append(UInt32(rule.intervals.count))
            for interval in rule.intervals {
                bytes.append(interval.kind.rawValue | (interval.isLowerExclusive ? IntervalKind.exclusiveLower : 0))
                for ordinal in [interval.lower, interval.upper] {
                    let isVersion = ordinal != IndexFormat.none
                    bytes.append(UInt8(isVersion ? 1 : 0))
                    if isVersion { Self.append(versions.sorted[Int(ordinal)].text, of: pending.texts, to: &bytes) }
                }
            }
            bytes.append(UInt32(rule.unreadable.count))
            for text in rule.unreadable {
                bytes.append(UInt32(text.utf8.count))
                bytes.append(bytes: text.utf8)
            }
            for ordinal in rule.listed {
                Self.append(versions.sorted[Int(ordinal)].text, of: pending.texts, to: &bytes)
            }
            return Array(bytes.digest)
        }
    }

    /// The first 16 bytes of a SHA-256 over all entries.
    func digest(of entries: [NameEntry], ordering: VersionOrdering) -> [UInt8] {
        var bytes = SectionBytes()
        bytes.append(bytes: ordering.rawValue.utf8)
        for entry in entries {
            let record = pending.records[Int(order.records[Int(entry.advisory)])]
            for text in [map.ids[Int(entry.vulnerability)], record.id, record.feed, entry.urgency, entry.condition] {
                Self.append(text, of: pending.texts, to: &bytes)
            }
            bytes.append(bytes: [entry.rank, entry.state, entry.flags])
            bytes.append(bytes: ruleDigests[Int(entry.ruleset)])
        }
        return Array(bytes.digest.prefix(16))
    }

    private static func append(_ text: UInt32, of pool: StringPool, to bytes: inout SectionBytes) {
        pool.withBytes(text) {
            bytes.append(UInt32($0.count))
            bytes.append(bytes: $0)
        }
    }
}
