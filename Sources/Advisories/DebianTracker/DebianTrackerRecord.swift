import JSONDocuments
import PackageIdentity

/// What the tracker says of one vulnerability in one source package.
struct DebianTrackerRecord {
    private let source: String
    private let id: String
    private let facts: JSONValue

    init(source: String, id: String, facts: JSONValue) throws(RecordFault) {
        guard facts.kind == .object else { throw RecordFault("the record", "is not an object") }
        guard !id.isEmpty, id.utf8.count <= OSVIdentifier.maximumBytes, id.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F })
        else { throw RecordFault("the id", "is empty, too long or holds spaces") }
        self.source = source
        self.id = id
        self.facts = facts
    }

    func advisory(feed: FeedID) throws(RecordFault) -> Advisory {
        Advisory(
            id: id, feed: feed, details: facts.text("description", limit: 4096), references: references,
            affected: try affected())
    }

    private var references: [String] {
        let tracker = "https://security-tracker.debian.org/tracker/\(id)"
        guard let bug = facts["debianbug"]?.int else { return [tracker] }
        return [tracker, "https://bugs.debian.org/\(bug)"]
    }

    private func affected() throws(RecordFault) -> [AffectedPackage] {
        guard let releases = facts.present("releases")?.object else {
            throw RecordFault("releases", "is missing or not an object")
        }
        var packages: [AffectedPackage] = []
        for (codename, release) in releases {
            // `sid` and `experimental` have no number and no fixed set of packages to match.
            guard let scope = Distribution(id: "debian", versionID: codename).advisoryScope else { continue }
            guard release.kind == .object else { throw RecordFault("releases.\(codename)", "is not an object") }
            packages.append(try package(release, scope: scope, place: "releases.\(codename)."))
        }
        return packages
    }

    private func package(_ release: JSONValue, scope: String, place: String) throws(RecordFault) -> AffectedPackage {
        let urgency = try release.optionalString("urgency", in: place)
        let state = try state(release, urgency: urgency, place: place)
        let events: [AffectedRange.Event]
        switch state {
        case .notAffected: events = []
        case .fixed: events = [.introduced("0"), .fixed(try release.requiredString("fixed_version", in: place))]
        default: events = [.introduced("0")]
        }
        return AffectedPackage(
            scope: scope, name: source, ranges: events.isEmpty ? [] : [AffectedRange(kind: .ecosystem, events: events)],
            state: state, urgency: urgency)
    }

    private func state(_ release: JSONValue, urgency: String?, place: String) throws(RecordFault) -> FixState {
        let status = try release.requiredString("status", in: place)
        switch status {
        case "resolved":
            // The tracker writes version 0 for "no version in this release was ever vulnerable".
            return try release.requiredString("fixed_version", in: place) == "0" ? .notAffected : .fixed
        case "open" where urgency == "end-of-life": return .endOfLife
        case "open": return release["nodsa_reason"]?.isString("ignored") == true ? .ignored : .unfixed
        case "undetermined": return .undetermined
        default: throw RecordFault("\(place)status", "is none of resolved, open and undetermined")
        }
    }
}
