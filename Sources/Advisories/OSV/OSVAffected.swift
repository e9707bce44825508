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
        let scope = try package.requiredString("ecosystem", in: "\(place)package.")
        let name = try package.requiredString("name", in: "\(place)package.")
        packages.append(
            AffectedPackage(
                scope: scope, name: PackageNames.normalised(name, scope: scope), ranges: ranges.map(\.range),
                versions: versions, state: urgency == "end-of-life" ? .endOfLife : .unspecified, urgency: urgency))
    }

    /// Debian's urgency, or why RustSec only informs (`unmaintained`, `unsound`, `notice`).
    private var urgency: String? {
        entry["ecosystem_specific"]?["urgency"]?.string ?? entry["database_specific"]?["informational"]?.string
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
