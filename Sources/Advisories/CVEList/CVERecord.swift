import JSONDocuments
import PackageIdentity
import Scoring

/// One record of the CVE list on its way to an ``Advisory``.
struct CVERecord {
    private let root: JSONValue
    private let metadata: JSONValue
    let id: String

    init(_ root: JSONValue) throws(RecordFault) {
        guard root.kind == .object else { throw RecordFault("the record", "is not an object") }
        guard let metadata = root.present("cveMetadata"), metadata.kind == .object else {
            throw RecordFault("cveMetadata", "is missing or not an object")
        }
        guard let id = metadata["cveId"]?.withUTF8String({ CVEIdentifier.canonical($0) }) ?? nil else {
            throw RecordFault("cveMetadata.cveId", "is missing or no CVE id")
        }
        self.root = root
        self.metadata = metadata
        self.id = id
    }

    /// When the record was last changed; `nil` when it does not say.
    var modified: Int64? { metadata.coordinatedTime("dateUpdated") ?? metadata.coordinatedTime("datePublished") }

    private var authority: JSONValue? { root["containers"]?["cna"] }

    private var publishers: [JSONValue] {
        root["containers"]?["adp"]?.array.map(Array.init) ?? []
    }

    /// The advisory, and what of the record was left out of it.
    func advisory(feed: FeedID) throws(RecordFault) -> (advisory: Advisory, faults: [RecordFault]) {
        let published = metadata.coordinatedTime("datePublished")
        let withdrawn = isRejected ? metadata.coordinatedTime("dateRejected") ?? modified ?? published ?? 0 : nil
        guard let authority, authority.kind == .object else {
            throw RecordFault("containers.cna", "is missing or not an object")
        }
        var products = CVEProducts()
        products.add(authority, place: "containers.cna.")
        for (index, publisher) in publishers.enumerated() {
            products.add(publisher, place: "containers.adp[\(index)].")
        }
        let advisory = Advisory(
            id: id, feed: feed, aliases: aliases, summary: authority.line("title", limit: 400),
            details: isRejected ? rejection(authority) : authority.description(limit: 4096), published: published,
            modified: modified, withdrawn: withdrawn, severities: severities, references: authority.links("references"),
            affected: products.affected)
        return (advisory, products.faults)
    }

    private var isRejected: Bool {
        metadata["state"]?.isString("REJECTED") ?? false
    }

    private func rejection(_ container: JSONValue) -> String {
        container["rejectedReasons"]?.array?.lazy.map { $0.text("value", limit: 4096) }.first { !$0.isEmpty } ?? ""
    }

    /// GitHub names the advisory it published for the same vulnerability. What others name there (`FG-IR-24-423`) often covers several.
    private var aliases: [String] {
        guard let advisory = authority?["source"]?["advisory"]?.string, advisory.hasPrefix("GHSA-"),
            advisory.utf8.count == "GHSA-462w-v97r-4m45".utf8.count
        else { return [] }
        return [advisory]
    }

    private var severities: [SeverityStatement] {
        var statements = SeverityStatements()
        if let authority { Self.add(authority, origin: .cna, to: &statements) }
        for publisher in publishers where Self.isCISA(publisher) {
            Self.add(publisher, origin: CISAContainer.origin, to: &statements)
        }
        return statements.all
    }

    private static func add(
        _ container: JSONValue, origin: SeverityStatement.Origin, to statements: inout SeverityStatements
    ) {
        guard let metrics = container["metrics"]?.array else { return }
        for metric in metrics {
            for key: StaticString in ["cvssV4_0", "cvssV3_1", "cvssV3_0", "cvssV2_0"] {
                statements.add(metric[key]?["vectorString"], origin: origin)
            }
            if let word = word(metric["other"]) { statements.add(SeverityStatement(word: word, origin: origin)) }
        }
    }

    /// `{"type": "Textual description of severity", "content": {"text": "important"}}`, as Apache writes it.
    private static func word(_ other: JSONValue?) -> Severity? {
        guard let other, other["type"]?.string?.lowercased().hasSuffix("severity") ?? false else { return nil }
        return switch other["content"]?["text"]?.string?.lowercased() {
        case "critical": .critical
        case "important", "high": .high
        case "moderate", "medium": .medium
        case "low": .low
        default: nil
        }
    }

    private static func isCISA(_ container: JSONValue) -> Bool {
        container["providerMetadata"]?["orgId"]?.string == CISAContainer.organisation
    }

    /// CISA's decision points; `nil` where it states none.
    var decisionPoints: SSVCDecisionPoints? {
        for publisher in publishers where Self.isCISA(publisher) {
            guard let metrics = publisher["metrics"]?.array else { continue }
            for metric in metrics where metric["other"]?["type"]?.isString("ssvc") ?? false {
                guard let options = metric["other"]?["content"]?["options"] else { continue }
                if let points = SSVCOptions(options).points { return points }
            }
        }
        return nil
    }
}
