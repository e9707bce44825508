import JSONDocuments
import Scoring

/// Collects every statement of severity in an OSV record: vectors and words, of the record and of its packages.
struct OSVSeverities {
    private(set) var statements: [SeverityStatement] = []
    private let origin: SeverityStatement.Origin

    init(_ root: JSONValue, id: OSVIdentifier, summary: String) {
        let own = root["database_specific"]
        origin = id.origin(hasAssigner: own?["cna_assigner"] != nil)
        addVectors(root["severity"])
        addWord(own?["severity"])
        addScores(own)
        if id.isDistributionNotice { addLeadingWord(summary) }
        for package in root["affected"]?.array.map(AnySequence.init) ?? AnySequence([]) {
            addVectors(package["severity"])
            addVector(package["database_specific"]?["cvss"])
            addWord(package["ecosystem_specific"]?["severity"])
        }
        // Records of malicious packages rate nothing; whoever installed one has lost the host.
        if id.isMalware && statements.isEmpty { add(word: .critical, origin: origin) }
    }

    private mutating func add(vector: String? = nil, word: Severity? = nil, origin: SeverityStatement.Origin) {
        let statement = SeverityStatement(vector: vector, word: word, origin: origin)
        // Eight different statements are more than anyone weighs; the bound keeps the search below short.
        if statements.count < 8 && !statements.contains(statement) { statements.append(statement) }
    }

    /// `[{"type": "CVSS_V3", "score": "CVSS:3.1/…"}, {"type": "Ubuntu", "score": "low"}]`
    private mutating func addVectors(_ list: JSONValue?) {
        guard let list = list?.array else { return }
        for element in list {
            if element["type"]?.isString("Ubuntu") == true {
                // Ubuntu's priority is its own assessment, also where the record's vector is the NVD's.
                addWord(element["score"], origin: .vendor)
            } else {
                addVector(element["score"])
            }
        }
    }

    private mutating func addVector(_ value: JSONValue?) {
        guard
            let text = value?.withUTF8String({ bytes in
                bytes.count <= 512 ? String(decoding: bytes, as: UTF8.self) : ""
            }), text.hasPrefix("CVSS:") || text.contains("AV:")
        else { return }
        add(vector: text, origin: origin)
    }

    private mutating func addWord(_ value: JSONValue?, origin: SeverityStatement.Origin? = nil) {
        guard let word = value?.string.flatMap(Self.severity) else { return }
        add(word: word, origin: origin ?? self.origin)
    }

    /// Scores without vector, as converters of older databases leave them.
    private mutating func addScores(_ own: JSONValue?) {
        for key: StaticString in ["cvss_v4_score", "cvss_v3_score", "cvss_score"] {
            guard let score = own?[key]?.double else { continue }
            let severity = Severity(score: score)
            if severity != .unknown { add(word: severity, origin: origin) }
        }
    }

    /// `Important: kernel security update`; `None: …` stands before updates that were not rated.
    private mutating func addLeadingWord(_ summary: String) {
        guard let colon = summary.firstIndex(of: ":"), let word = Self.severity(String(summary[..<colon])),
            word != Severity.none
        else { return }
        add(word: word, origin: origin)
    }

    /// The words of GitHub, Red Hat's family, SUSE and Ubuntu. `nil` for words that rate nothing (`unknown`, `untriaged`).
    static func severity(_ word: String) -> Severity? {
        guard word.utf8.count <= 16 else { return nil }
        return switch word.lowercased() {
        case "critical": .critical
        case "high", "important": .high
        case "medium", "moderate": .medium
        case "low", "negligible": .low
        case "none": Severity.none
        default: nil
        }
    }
}
