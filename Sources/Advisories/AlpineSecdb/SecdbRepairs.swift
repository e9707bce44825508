import JSONDocuments
import Versioning

/// What one package's `secfixes` say, one repair for each vulnerability.
struct SecdbRepairs {
    private struct Repair {
        let id: String
        var version: String
        var aliases: [String]
        var remarks: [String]
    }

    private let package: String
    private let scope: String
    private var repairs: [Repair] = []
    private var places: [String: Int] = [:]

    init(package: String, scope: String) {
        self.package = package
        self.scope = scope
    }

    /// Takes in one version and the ids it repairs; answers what could not be used.
    mutating func note(version: String, ids: JSONValue) -> [(record: String, reason: String)] {
        let place = "\(package) \(version)"
        guard !version.isEmpty, version.utf8.count <= 256 else { return [(place, "the version is empty or too long")] }
        if ids.isNull { return [] }
        guard let list = ids.array else { return [(place, "is not a list of ids")] }
        var issues: [(String, String)] = []
        for element in list {
            guard let text = element.string else {
                issues.append((place, "holds a non-string"))
                continue
            }
            let entry = SecdbEntry(text)
            if entry.ids.isEmpty { issues.append(("\(place) \(text.prefix(80))", "names no vulnerability")) }
            for id in entry.ids { note(id, of: entry, version: entry.saysNotAffected ? "0" : version) }
        }
        return issues
    }

    private mutating func note(_ id: String, of entry: SecdbEntry, version: String) {
        guard let place = places[id] else {
            places[id] = repairs.count
            repairs.append(Repair(id: id, version: version, aliases: entry.aliases, remarks: entry.remarks))
            return
        }
        for alias in entry.aliases where !repairs[place].aliases.contains(alias) {
            repairs[place].aliases.append(alias)
        }
        for remark in entry.remarks where !repairs[place].remarks.contains(remark) {
            repairs[place].remarks.append(remark)
        }
        if Self.isLater(version, than: repairs[place].version) { repairs[place].version = version }
    }

    /// Any real version is later than the "never" of version 0; one that cannot be ordered does not replace one that can.
    private static func isLater(_ version: String, than known: String) -> Bool {
        if known == "0" || version == "0" { return known == "0" && version != "0" }
        guard let left = try? VersionOrdering.apk.key(version, reading: .tolerant) else { return false }
        guard let right = try? VersionOrdering.apk.key(known, reading: .tolerant) else { return true }
        return right < left
    }

    func advisories(feed: FeedID) -> [Advisory] {
        let name = PackageNames.normalised(package, scope: scope)
        return repairs.map { repair in
            let range = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(repair.version)])
            let isRepaired = repair.version != "0"
            return Advisory(
                id: repair.id, feed: feed, aliases: repair.aliases,
                summary: repair.remarks.joined(separator: " "),
                affected: [
                    AffectedPackage(
                        scope: scope, name: name, ranges: isRepaired ? [range] : [],
                        state: isRepaired ? .fixed : .notAffected)
                ])
        }
    }
}
