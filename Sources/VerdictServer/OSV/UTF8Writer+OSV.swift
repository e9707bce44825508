import Advisories
import Matching
import PackageIdentity
import Scoring
import Versioning

extension UTF8Writer {
    /// Version of the OSV schema that the records follow.
    static let osvSchemaVersion: StaticString = "1.7.0"

    /// Writes a record of the OSV schema: <https://ossf.github.io/osv-schema/>.
    func osv(_ record: OSVRecord) {
        raw("{\"id\":")
        string(record.id)
        if let summary = record.summary {
            raw(",\"summary\":")
            string(summary)
        }
        if let details = record.details {
            raw(",\"details\":")
            string(details)
        }
        member(",\"aliases\":", record.aliases)
        member(",\"upstream\":", record.upstream)
        dates(record)
        references(record.references)
        severity(record)
        affected(record.affected)
        raw(",\"schema_version\":\"")
        raw(Self.osvSchemaVersion)
        raw("\"}")
    }

    private func member(_ name: StaticString, _ texts: [String]) {
        guard !texts.isEmpty else { return }
        raw(name)
        strings(texts)
    }

    private func dates(_ record: OSVRecord) {
        raw(",\"modified\":")
        time(record.modified)
        if let published = record.published {
            raw(",\"published\":")
            time(published)
        }
        if let withdrawn = record.withdrawn {
            raw(",\"withdrawn\":")
            time(withdrawn)
        }
    }

    private func references(_ urls: [String]) {
        guard !urls.isEmpty else { return }
        raw(",\"references\":[")
        var isFirst = true
        for url in urls {
            separator(&isFirst)
            raw("{\"type\":\"WEB\",\"url\":")
            string(url)
            raw("}")
        }
        raw("]")
    }

    private func severity(_ record: OSVRecord) {
        let vectors = record.vulnerabilities.count == 1 ? record.vulnerabilities.compactMap(\.cvssVector) : []
        guard let vector = vectors.first, let parsed = try? CVSSVector(vector) else { return }
        raw(",\"severity\":[{\"type\":")
        switch parsed.version {
        case .v2: raw("\"CVSS_V2\"")
        case .v3_0, .v3_1: raw("\"CVSS_V3\"")
        case .v4_0: raw("\"CVSS_V4\"")
        }
        raw(",\"score\":")
        string(vector)
        raw("}]")
    }

    private func affected(_ packages: [AdvisoryAffected]) {
        raw(",\"affected\":[")
        var isFirst = true
        for package in packages {
            separator(&isFirst)
            raw("{\"package\":{\"name\":")
            string(package.name)
            raw(",\"ecosystem\":")
            string(package.scope)
            raw("}")
            ranges(OSVRanges(package))
            member(",\"versions\":", package.versions)
            raw("}")
        }
        raw("]")
    }

    private func ranges(_ ranges: OSVRanges) {
        guard !ranges.events.isEmpty else { return }
        raw(",\"ranges\":[{\"type\":")
        raw(ranges.isSemantic ? "\"SEMVER\"" : "\"ECOSYSTEM\"")
        raw(",\"events\":[")
        var isFirst = true
        for event in ranges.events {
            separator(&isFirst)
            switch event {
            // OSV has no event for an exclusive lower end; it only comes with products, which OSV has none of either.
            case .introduced(let version), .introducedAfter(let version): self.event("{\"introduced\":", version)
            case .fixed(let version): self.event("{\"fixed\":", version)
            case .lastAffected(let version): self.event("{\"last_affected\":", version)
            case .limit(let version): self.event("{\"limit\":", version)
            }
        }
        raw("]}]")
    }

    private func event(_ name: StaticString, _ version: String) {
        raw(name)
        string(version)
        raw("}")
    }
}

/// The events of all ranges of a package, as clients can read them.
struct OSVRanges {
    let events: [AffectedRange.Event]
    /// Whether the versions are semantic ones, for which OSV has a kind of range of its own.
    let isSemantic: Bool

    init(_ package: AdvisoryAffected) {
        let ordering = VersionOrdering(scope: package.scope)
        isSemantic = [.semver, .npm, .crates, .golang].contains(ordering)
        let all = package.ranges.joined()
        // pip-audit gives up its whole run on a repair that is not PEP 440; the versions listed say what is affected all the same.
        events = ordering == .pypi ? all.filter(PythonVersions.isReadable) : Array(all)
    }
}

/// What Python's `packaging` reads as a version.
enum PythonVersions {
    /// Whether an event's version is one.
    static func isReadable(_ event: AffectedRange.Event) -> Bool {
        switch event {
        case .introduced, .introducedAfter: true
        case .fixed(let version), .lastAffected(let version), .limit(let version): isReadable(version)
        }
    }

    /// The lowest version of PEP 440. What the order takes beyond PEP 440, versions from before it, stands below.
    private static let lowest = try? VersionOrdering.pypi.key("0.dev0")

    private static func isReadable(_ version: String) -> Bool {
        guard let lowest, let key = try? VersionOrdering.pypi.key(version) else { return false }
        return key >= lowest
    }
}
