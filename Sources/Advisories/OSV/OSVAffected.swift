import JSONDocuments

/// One entry of an OSV record's `affected` list.
struct OSVAffected {
    private let entry: JSONValue
    private let index: Int
    /// Where the entry stands, for messages.
    private var place: String { "affected[\(index)]." }

    init(_ entry: JSONValue, index: Int) throws(RecordFault) {
        guard entry.kind == .object else { throw RecordFault("affected[\(index)]", "is not an object") }
        self.entry = entry
        self.index = index
    }

    /// Adds what the entry says; an entry without package adds one package for each Git repository it names.
    func append(to packages: inout [AffectedPackage]) throws(RecordFault) {
        let versions = try entry.strings("versions", in: place)
        let ranges = try ranges()
        guard let package = entry.present("package") else {
            for (range, repository) in ranges {
                guard let repository else { continue }
                packages.append(AffectedPackage(scope: "GIT", name: repository, ranges: [range], versions: versions))
            }
            return
        }
        let ecosystem = try package.requiredString("ecosystem", in: "\(place)package.")
        let name = try package.requiredString("name", in: "\(place)package.")
        let readable = Self.repaired(ranges.map(\.range), by: entry)
        for scope in OSVScope.scopes(of: ecosystem) {
            let filed = PackageNames.normalised(name, scope: scope)
            packages.append(
                AffectedPackage(
                    scope: scope, name: filed, spelling: Self.spelling(name, filed: filed, scope: scope),
                    ranges: readable,
                    versions: versions, state: urgency == "end-of-life" ? .endOfLife : .unspecified, urgency: urgency,
                    condition: moduleStream.map { Condition(moduleStream: $0) }))
            if scope.hasPrefix("SUSE:") || scope.hasPrefix("openSUSE:") {
                appendBinaries(scope: scope, besides: name, to: &packages)
            }
        }
    }

    /// The name to be shown: PyPI's own service writes names in their canonical form, and its clients compare with that.
    private static func spelling(_ name: String, filed: String, scope: String) -> String? {
        name == filed || scope == "PyPI" ? nil : name
    }

    /// SUSE names the source package, and beside it the binary packages that hosts have: `[{"libcurl4": "8.0.1-…", …}]`.
    private func appendBinaries(scope: String, besides source: String, to packages: inout [AffectedPackage]) {
        guard let lists = entry["ecosystem_specific"]?["binaries"]?.array else { return }
        for list in lists {
            for (name, version) in list.object.map(AnySequence.init) ?? AnySequence([]) where name != source {
                guard let version = version.string, !version.isEmpty, !name.isEmpty else { continue }
                let range = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(version)])
                packages.append(AffectedPackage(scope: scope, name: name, ranges: [range]))
            }
        }
    }

    /// Debian's urgency, or why RustSec only informs (`unmaintained`, `unsound`, `notice`).
    ///
    /// What only informs is no vulnerability: cargo-audit warns of it and does not fail. It is kept with that word, so that whoever
    /// matches can tell it apart.
    private var urgency: String? {
        entry["ecosystem_specific"]?["urgency"]?.string ?? entry["database_specific"]?["informational"]?.string
    }

    /// The module stream where the entry itself states it.
    private var moduleStream: String? {
        for key: StaticString in ["rpmmod", "module"] {
            let text = entry["ecosystem_specific"]?[key]?.string ?? entry["database_specific"]?[key]?.string
            if let stream = text.flatMap(RPMPackage.stream) { return stream }
        }
        return nil
    }

    /// The ranges, with an end where the publisher states one outside of them.
    ///
    /// - Go's vulnerability database puts versions that its own tools cannot order into `custom_ranges`, and leaves the range itself at
    ///   "every version".
    /// - GitHub's `last_known_affected_version_range` of `< 5.2` stands where no repaired version is known: nothing is said of 5.2
    ///   and later. One of `<= 5.1` mostly repeats the range's own end; where that is left out, it is the end.
    ///
    /// Source: <https://go.dev/doc/security/vuln/database#schema>, <https://github.com/github/advisory-database>
    private static func repaired(_ ranges: [AffectedRange], by entry: JSONValue) -> [AffectedRange] {
        let places = ranges.indices.filter { ranges[$0].kind != .git }
        guard places.count == 1, let place = places.first, ranges[place].isOpen else { return ranges }
        var repaired = ranges
        if let list = entry["ecosystem_specific"]?["custom_ranges"]?.array, ranges[place].events == [.introduced("0")] {
            let custom = list.enumerated().compactMap { number, element in
                (try? OSVRange(element, affected: 0, index: number))?.tolerant
            }
            if !custom.isEmpty { repaired.replaceSubrange(place...place, with: custom) }
        } else if let end = lastKnownAffected(by: entry) {
            repaired[place].events.append(end)
        }
        return repaired
    }

    private static func lastKnownAffected(by entry: JSONValue) -> AffectedRange.Event? {
        guard let text = entry["database_specific"]?["last_known_affected_version_range"]?.string else { return nil }
        let parts = text.split(separator: " ")
        guard parts.count == 2 else { return nil }
        switch parts[0] {
        case "<": return .limit(String(parts[1]))
        case "<=": return .lastAffected(String(parts[1]))
        default: return nil
        }
    }

    private func ranges() throws(RecordFault) -> [(range: AffectedRange, repository: String?)] {
        guard let list = try entry.elements("ranges", in: place) else { return [] }
        var ranges: [(AffectedRange, String?)] = []
        for (number, element) in list.enumerated() {
            let range = try OSVRange(element, affected: index, index: number)
            ranges.append((try range.parsed(), try range.repository()))
        }
        return ranges
    }
}

extension AffectedRange {
    /// Whether nothing ends what it begins.
    fileprivate var isOpen: Bool {
        events.allSatisfy { if case .introduced = $0 { true } else { false } }
    }
}
