import Advisories
import Matching
import PackageIdentity

/// Compiles advisories into an index and asks it about what they say.
enum IndexCheck {
    /// Names and advisories that one index is asked about. More would cost time and reach nothing new.
    private static let limit = 8

    static func check(_ advisories: [Advisory], intelligence: ThreatIntelligence = ThreatIntelligence()) throws {
        guard !advisories.isEmpty else { return }
        var builder = IndexBuilder()
        for advisory in advisories { try builder.add(advisory) }
        builder.setIntelligence(intelligence)
        let path = "\(TemporaryPlace.folder)/index"
        _ = try builder.write(to: path)
        let index: AdvisoryIndex
        do throws(IndexError) {
            index = try AdvisoryIndex(path: path)
            try index.verify()
        } catch {
            return require(false, "an index that was just built opens whole: \(error)")
        }
        var asked: Set<AdvisoryName> = []
        for package in advisories.lazy.flatMap(\.affected) where asked.count < limit {
            if asked.insert(AdvisoryName(scope: package.scope, name: package.name)).inserted { ask(index, package) }
        }
        for advisory in advisories.prefix(limit) {
            for record in index.advisoryRecords(named: advisory.id) {
                require(record.id == advisory.id, "a record has the id it was asked by")
            }
            _ = index.vulnerability(advisory.id)
        }
    }

    private static func ask(_ index: AdvisoryIndex, _ package: AffectedPackage) {
        var versions = package.versions.prefix(2) + ["0", "1.0-1"]
        for event in package.ranges.lazy.flatMap(\.events).prefix(4) { versions.append(event.bound) }
        for version in versions {
            let place = AdvisoryCoordinates(scope: package.scope, name: package.name, version: version)
            let verdicts = index.verdicts(at: place, purl: nil)
            require(
                !verdicts.contains { $0.reason == VerdictReason.damagedIndex }, "a whole index is not called damaged")
            if let first = verdicts.first {
                let explained = index.explain(at: place, purl: nil, vulnerability: first.vulnerability)
                require(explained.status == first.status, "\(place): the explanation agrees with the verdict")
                require(!explained.evidence.isEmpty, "\(place): a verdict has evidence")
            }
            _ = index.affectingAdvisories(at: place, purl: nil)
        }
        _ = index.advisories(scope: package.scope, name: package.name)
    }
}

extension AffectedRange.Event {
    /// The version that the event names.
    var bound: String {
        switch self {
        case .introduced(let version), .introducedAfter(let version), .fixed(let version), .lastAffected(let version),
            .limit(let version):
            version
        }
    }
}
