import Matching
import PackageIdentity

/// One package version and one vulnerability, with the answer that is known to be right.
struct LabelledPair {
    /// What is asked about.
    let subject: Subject
    /// A CVE, or any id of the vulnerability.
    let vulnerability: String
    /// The right answer.
    let label: VerdictStatus
    /// The repairs that may be named, equal versions in several spellings; empty for none.
    let fixes: [String]
    /// The row of the report.
    let ecosystem: String
    /// Where the label comes from.
    let why: String

    /// How an inventory names what is installed.
    enum Subject {
        case package(PackageURL)
        /// An ecosystem without a type of package URLs.
        case coordinates(AdvisoryCoordinates)
        /// A product, and the products beside it on its host, when those are known.
        case product(CPEName, host: [CPEName]?)
    }

    /// The pair's own texts, for messages and for the baseline.
    let text: String

    /// Reads `SUBJECT ⇥ ID ⇥ LABEL ⇥ FIX|FIX ⇥ ECOSYSTEM ⇥ WHY`, where `-` is no fix.
    init(line: String, number: Int) throws {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
        guard fields.count == 6, let label = VerdictStatus(rawValue: fields[2]) else {
            throw CorpusError(description: "line \(number) is no pair: \(line)")
        }
        subject = try Self.subject(fields[0])
        vulnerability = fields[1]
        self.label = label
        fixes = fields[3] == "-" ? [] : fields[3].split(separator: "|").map(String.init)
        ecosystem = fields[4]
        why = fields[5]
        text = "\(fields[0]) \(fields[1])"
    }

    /// A pair with another label, for the test that the gate can fail.
    init(_ pair: LabelledPair, label: VerdictStatus) {
        self.subject = pair.subject
        self.vulnerability = pair.vulnerability
        self.label = label
        self.fixes = []
        self.ecosystem = pair.ecosystem
        self.why = pair.why
        self.text = pair.text
    }

    /// `pkg:…`, `cpe:… [with cpe:… cpe:…]` or `at:SCOPE|NAME|VERSION`.
    private static func subject(_ text: String) throws -> Subject {
        if text.hasPrefix("pkg:") { return .package(try PackageURL(text)) }
        if text.hasPrefix("cpe:") {
            let words = text.split(separator: " ").map(String.init)
            let names = try words.filter { $0 != "with" }.map { try CPEName($0) }
            return .product(names[0], host: words.contains("with") ? names : nil)
        }
        let parts = text.dropFirst(3).split(separator: "|", maxSplits: 2, omittingEmptySubsequences: false).map(
            String.init)
        guard text.hasPrefix("at:"), parts.count == 3 else { throw CorpusError(description: "no subject: \(text)") }
        return .coordinates(AdvisoryCoordinates(scope: parts[0], name: parts[1], version: parts[2]))
    }
}
