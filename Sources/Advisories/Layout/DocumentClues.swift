import JSONDocuments

/// What the members of a JSON document's outermost object tell of its kind.
struct DocumentClues {
    /// The kind, as soon as it is certain.
    private(set) var kind: FeedSource.Kind?
    private var hasID = false
    private var hasAffected = false
    /// OSV ecosystems before the colon, in document order.
    private var ecosystems: [String] = []
    /// `redhat/vex`, from the document's own words.
    private var publisher = "other"
    /// `v3.18/main`, as far as it was said.
    private var release: String?
    private var repository: String?

    init() {}

    /// Looks at a document that is parsed whole; `nil` when it is no object.
    init?(_ root: JSONValue) {
        guard let members = root.object else { return nil }
        for (name, value) in members { take(name, value) }
    }

    /// The feeds that the document may be part of, the likeliest first; one unless it is an OSV record of several ecosystems.
    func feeds(path: String) -> [FeedID] {
        switch kind {
        case .osvRecord: ecosystems.isEmpty ? [.osv("GIT")] : ecosystems.map(FeedID.osv)
        case .debianTracker: [.debianTracker]
        case .alpineSecdb: [.alpine(Self.place(in: path, below: "secdb") ?? stated(path))]
        case .csaf: [.csaf(Self.place(in: path, below: "csaf") ?? publisher)]
        case .cveList: [.cveList]
        case .nvd: [.nvd]
        case .kev: [.kev]
        case .metasploit: [.metasploit]
        case .endOfLife: [.endOfLife]
        case .vex: [FeedID(rawValue: "vex/\(path.split(separator: "/").last ?? "")")]
        default: []
        }
    }

    mutating func take(_ name: String, _ value: JSONValue) {
        switch name {
        case "id":
            hasID = value.string != nil
            if hasAffected && hasID { kind = kind ?? .osvRecord }
        case "affected": takeAffected(value)
        case "document" where value["csaf_version"] != nil: takeCSAF(value)
        case "dataType" where value.isString("CVE_RECORD"), "cveMetadata" where value["cveId"] != nil:
            kind = kind ?? .cveList
        case "catalogVersion": kind = kind ?? .kev
        case "resultsPerPage", "totalResults": kind = kind ?? .nvd
        case "format" where value.isString("NVD_CVE"): kind = kind ?? .nvd
        case "vulnerabilities": takeVulnerabilities(value)
        case "distroversion", "reponame", "apkurl", "packages": takeSecdb(name, value)
        case "result" where Self.first(of: value)?["releases"] != nil || value["releases"] != nil:
            kind = kind ?? .endOfLife
        case "bomFormat" where value.isString("CycloneDX"): kind = kind ?? .vex
        case "@context" where value.string?.contains("openvex.dev/") == true: kind = kind ?? .vex
        default: takeOther(value)
        }
    }

    private mutating func takeAffected(_ value: JSONValue) {
        guard let entries = value.array else { return }
        for entry in entries {
            let scope = entry["package"]?["ecosystem"]?.string ?? "GIT"
            let ecosystem = String(scope.prefix { $0 != ":" })
            if !ecosystems.contains(ecosystem) { ecosystems.append(ecosystem) }
        }
        hasAffected = true
        if hasID { kind = kind ?? .osvRecord }
    }

    private mutating func takeCSAF(_ document: JSONValue) {
        kind = kind ?? .csaf
        let words = (document["publisher"]?["name"]?.string ?? "other").lowercased().split(separator: " ")
        let name = words.prefix(words.starts(with: ["red", "hat"]) ? 2 : 1).joined()
        publisher = name.filter { $0.isASCII && ($0.isLetter || $0.isNumber || $0 == "-") }
        if publisher.isEmpty { publisher = "other" }
        switch document["category"]?.string {
        case "csaf_vex": publisher += "/vex"
        case "csaf_security_advisory": publisher += "/advisories"
        default: break
        }
    }

    /// CSAF and CycloneDX documents have vulnerabilities, too; other members tell those.
    private mutating func takeVulnerabilities(_ value: JSONValue) {
        guard kind == nil, value.array != nil else { return }
        guard let first = Self.first(of: value) else { return kind = .kev }
        if first["cveID"] != nil {
            kind = .kev
        } else if first["cve"]?.object != nil {
            kind = .nvd
        }
    }

    private mutating func takeSecdb(_ name: String, _ value: JSONValue) {
        switch name {
        case "distroversion": release = value.string
        case "reponame": repository = value.string
        case "packages": if Self.first(of: value)?["pkg"]?["secfixes"] != nil { kind = kind ?? .alpineSecdb }
        default: break
        }
    }

    /// The tracker's and Metasploit's members have names of their own, but values of one shape.
    private mutating func takeOther(_ value: JSONValue) {
        guard kind == nil else { return }
        if value["fullname"]?.string != nil, value["references"]?.array != nil {
            kind = .metasploit
        } else if value.object?.first(where: { _ in true })?.value["releases"]?.object != nil {
            kind = .debianTracker
        }
    }

    private func stated(_ path: String) -> String {
        [release, repository].compactMap { $0 }.joined(separator: "/")
    }

    private static func first(of value: JSONValue) -> JSONValue? {
        value.array?.first { _ in true }
    }

    /// `redhat/vex` of `…/csaf/redhat/vex/2024/cve.json`, `v3.18/main` of `…/secdb/v3.18/main.json`.
    private static func place(in path: String, below name: String) -> String? {
        let parts = path.split(separator: "/").map(String.init)
        guard let index = parts.lastIndex(of: name) else { return nil }
        var place = parts[(index + 1)...]
        if name == "csaf" {
            guard place.count > 1 else { return nil }
            place = ["vex", "advisories"].contains(place.dropFirst().first) ? place.prefix(2) : place.prefix(1)
            return place.joined(separator: "/")
        }
        guard place.count == 2, let file = place.last else { return nil }
        return "\(place[place.startIndex])/\(file.prefix { $0 != "." })"
    }
}
