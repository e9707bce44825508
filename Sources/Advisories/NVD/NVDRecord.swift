import JSONDocuments
import Scoring

/// One record of the NVD on its way to an ``Advisory``.
struct NVDRecord {
    private let root: JSONValue
    let id: String

    /// - Parameter element: An element of a page's `vulnerabilities`: `{"cve": {…}}`, or the object within.
    init(_ element: JSONValue) throws(RecordFault) {
        guard element.kind == .object else { throw RecordFault("the record", "is not an object") }
        root = element.present("cve") ?? element
        guard let id = root["id"]?.withUTF8String({ CVEIdentifier.canonical($0) }) ?? nil else {
            throw RecordFault("id", "is missing or no CVE id")
        }
        self.id = id
    }

    /// When the record was last changed; `nil` when it does not say.
    var modified: Int64? { root.coordinatedTime("lastModified") }

    /// The advisory, and what of the record was left out of it.
    func advisory(feed: FeedID) throws(RecordFault) -> (advisory: Advisory, faults: [RecordFault]) {
        let published = root.coordinatedTime("published")
        var products = CPEApplicability()
        if let list = try root.elements("configurations", in: "") { products.add(list, place: "configurations") }
        let advisory = Advisory(
            id: id, feed: feed, details: root.description(limit: 4096), published: published, modified: modified,
            withdrawn: isRejected ? modified ?? published ?? 0 : nil, severities: severities,
            references: root.links("references"), affected: products.affected)
        return (advisory, products.faults)
    }

    private var isRejected: Bool {
        root["vulnStatus"]?.isString("Rejected") ?? false
    }

    private var severities: [SeverityStatement] {
        var statements = SeverityStatements()
        for key: StaticString in ["cvssMetricV40", "cvssMetricV31", "cvssMetricV30", "cvssMetricV2"] {
            guard let metrics = root["metrics"]?[key]?.array else { continue }
            for metric in metrics {
                let origin = Self.origin(metric["source"]?.string ?? "")
                statements.add(metric["cvssData"]?["vectorString"], origin: origin)
            }
        }
        return statements.all
    }

    /// Who rates: the NVD names itself by its address; other sources are the numbering authority of the record, but CISA, which rates
    /// what its owners leave unrated.
    ///
    /// Whether a metric is `Primary` says which one the NVD displays, not who it is from.
    private static func origin(_ source: String) -> SeverityStatement.Origin {
        switch source {
        case "nvd@nist.gov": .nvd
        case CISAContainer.organisation: CISAContainer.origin
        default: .cna
        }
    }

    /// CISA's decision points, which the NVD repeats in `metrics.ssvcV203`.
    var decisionPoints: SSVCDecisionPoints? {
        guard let entries = root["metrics"]?["ssvcV203"]?.array else { return nil }
        for entry in entries {
            if let options = entry["ssvcData"]?["options"], let points = SSVCOptions(options).points { return points }
        }
        return nil
    }
}
