import Foundation
import Matching
import PackageIdentity
import Scoring
import SeededRandom
import Testing
import Verdicts

/// Values drawn by chance, with every optional part there and missing.
struct Drawing {
    var random: SplitMix

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func flip() -> Bool { Bool.random(using: &random) }

    mutating func maybe<Value>(_ make: (inout Drawing) -> Value) -> Value? { flip() ? make(&self) : nil }

    mutating func list<Value>(_ most: Int, _ make: (inout Drawing) -> Value) -> [Value] {
        let count = Int.random(in: 0...most, using: &random)
        return (0..<count).map { _ in make(&self) }
    }

    mutating func choice<Value: CaseIterable>(_ type: Value.Type) -> Value {
        let cases = Array(Value.allCases)
        return cases[Int.random(in: 0..<cases.count, using: &random)]
    }

    mutating func text() -> String {
        let words = [
            "", "in_range", "CVE-2024-1", "ü", "𝔘\u{0}", "a\nb", "\u{FEFF}", String(repeating: "x", count: 300),
        ]
        return words[Int.random(in: 0..<words.count, using: &random)]
    }

    mutating func integer() -> Int64 {
        let values: [Int64] = [0, -1, 1, 63, 64, -64, -65, .max, .min, 1_700_000_000]
        return values[Int.random(in: 0..<values.count, using: &random)]
    }

    mutating func digest() -> String {
        String((0..<64).map { _ in "0123456789abcdef".randomElement(using: &random) ?? "0" })
    }

    mutating func record(_ id: String) -> VulnerabilityRecord {
        let score = maybe { Double(Int.random(in: 0...100, using: &$0.random)) / 10 }
        let severity = choice(Severity.self)
        let epss = maybe {
            EPSSScore(
                probability: .random(in: 0...1, using: &$0.random), percentile: .random(in: 0...1, using: &$0.random))
        }
        let kev = maybe { drawing in
            KnownExploitation(
                dateAdded: drawing.text(), dueDate: drawing.maybe { $0.text() }, ransomware: drawing.flip())
        }
        let exploits = maybe { drawing in
            PublicExploits(
                exploitDatabase: drawing.list(3) { Int($0.integer()) }, isVerified: drawing.flip(),
                metasploit: drawing.list(3) { $0.text() })
        }
        let ssvc = maybe { drawing in
            SSVCDecisionPoints(
                exploitation: drawing.choice(SSVCDecisionPoints.Exploitation.self), isAutomatable: drawing.flip(),
                technicalImpact: drawing.choice(SSVCDecisionPoints.TechnicalImpact.self))
        }
        return VulnerabilityRecord(
            id: id, aliases: list(3) { $0.text() }, summary: text(), details: text(), severity: severity,
            cvssScore: score, cvssVector: maybe { $0.text() }, severitySource: maybe { $0.text() }, epss: epss,
            kev: kev, exploits: exploits, ssvc: ssvc,
            risk: Risk(cvss: score, severity: severity, epss: epss, exploitation: kev, exploits: exploits),
            published: maybe { $0.integer() }, modified: maybe { $0.integer() }, references: list(3) { $0.text() },
            advisories: list(3) { $0.text() })
    }

    mutating func batch() -> VerdictBatch {
        let records = (0..<Int.random(in: 0...5, using: &random)).map { record("CVE-2024-\($0)") }
        // Also ids without a record, as a damaged index gives them.
        let ids = records.map(\.id) + ["", "CVE-unknown"]
        let verdicts = list(6) { drawing in
            drawing.list(4) { drawing in
                Verdict(
                    vulnerability: ids[Int.random(in: 0..<ids.count, using: &drawing.random)],
                    advisories: drawing.list(3) { $0.text() }, status: drawing.choice(VerdictStatus.self),
                    fixedVersion: drawing.maybe { $0.text() }, reason: drawing.text(),
                    urgency: drawing.maybe { $0.text() }, confidence: drawing.choice(Confidence.self))
            }
        }
        return VerdictBatch(verdicts: verdicts, vulnerabilities: records, indexDigest: digest())
    }

    mutating func explanation() -> Explanation {
        Explanation(
            purl: text(),
            coordinates: maybe { AdvisoryCoordinates(scope: $0.text(), name: $0.text(), version: $0.text()) },
            vulnerability: text(), status: choice(VerdictStatus.self), reason: text(),
            fixedVersion: maybe { $0.text() },
            fixesElsewhere: maybe { drawing in
                drawing.list(3) { drawing in
                    FixElsewhere(
                        scope: drawing.text(), version: drawing.text(), architectures: drawing.list(2) { $0.text() })
                }
            }, confidence: choice(Confidence.self), precedence: maybe { $0.text() }, sentence: text(),
            evidence: list(4) { drawing in
                Evidence(
                    advisory: drawing.text(), feed: drawing.text(), snapshot: drawing.maybe { $0.integer() },
                    range: drawing.text(), comparisons: drawing.list(2) { $0.text() },
                    outcome: drawing.choice(VerdictStatus.self), decided: drawing.flip(),
                    note: drawing.maybe { $0.text() })
            }, indexDigest: digest())
    }
}

extension VerdictBatch {
    /// Whether two say the same.
    func equals(_ other: VerdictBatch) -> Bool {
        verdicts == other.verdicts && vulnerabilities == other.vulnerabilities && indexDigest == other.indexDigest
    }
}

/// Reads bytes as whatever they might be.
func readEverything(_ bytes: [UInt8], packages: Int = 3) {
    bytes.withUnsafeBytes { bytes in
        _ = try? VerdictQuestion(bytes, limit: 10_000)
        _ = try? VerdictBatch(bytes, packages: packages)
        _ = try? ExplanationQuestion(bytes)
        _ = try? Explanation(message: bytes)
        _ = try? VulnerabilityQuestion(bytes)
        _ = try? VulnerabilityAnswer(bytes)
        _ = try? IndexNotice.read(bytes)
        _ = try? AdvisoryStatus(message: bytes)
        _ = try? ChangesQuestion(bytes)
        _ = try? ChangesPage(bytes)
    }
}

struct MessageTests {
    @Test(arguments: 0..<300 as Range<UInt64>)
    func whatIsWrittenIsRead(seed: UInt64) throws {
        var drawing = Drawing(seed: seed)
        let batch = drawing.batch()
        let packages = batch.verdicts.count
        #expect(try batch.message().withUnsafeBytes { try VerdictBatch($0, packages: packages) }.equals(batch))
        let explanation = drawing.explanation()
        #expect(try explanation.message().withUnsafeBytes { try Explanation(message: $0) } == explanation)
        let page = ChangesPage(
            indexDigest: drawing.digest(), isComparable: drawing.flip(),
            names: drawing.list(5) { AdvisoryName(scope: $0.text(), name: $0.text()) },
            vulnerabilities: drawing.list(3) { $0.record($0.text()) },
            next: drawing.maybe { Int.random(in: 0...9_999, using: &$0.random) })
        #expect(try page.message().withUnsafeBytes { try ChangesPage($0) } == page)
        let answer = VulnerabilityAnswer(record: drawing.maybe { $0.record("GHSA") }, indexDigest: drawing.digest())
        #expect(try answer.message().withUnsafeBytes { try VulnerabilityAnswer($0) } == answer)
        let status = AdvisoryStatus(
            indexDigest: drawing.maybe { $0.digest() }, vulnerabilities: Int(drawing.integer()),
            feeds: drawing.list(4) { drawing in
                FeedStatus(
                    feed: drawing.text(), records: Int(drawing.integer()), setAside: Int(drawing.integer()),
                    fetchedAt: drawing.maybe { $0.integer() }, triedAt: drawing.maybe { $0.integer() },
                    error: drawing.maybe { $0.text() })
            })
        #expect(try status.message().withUnsafeBytes { try AdvisoryStatus(message: $0) } == status)
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func questionsAreReadAsTheyWereAsked(seed: UInt64) throws {
        var drawing = Drawing(seed: seed)
        let index = drawing.maybe { $0.digest() }
        let verdicts = VerdictQuestion(index: index, packages: drawing.list(9) { $0.text() })
        #expect(try verdicts.message().withUnsafeBytes { try VerdictQuestion($0, limit: 9) } == verdicts)
        let why = ExplanationQuestion(index: index, package: drawing.text(), vulnerability: drawing.text())
        #expect(try why.message().withUnsafeBytes { try ExplanationQuestion($0) } == why)
        let one = VulnerabilityQuestion(index: index, id: drawing.text())
        #expect(try one.message().withUnsafeBytes { try VulnerabilityQuestion($0) } == one)
        let changes = ChangesQuestion(index: drawing.digest(), since: drawing.digest(), start: Int(seed) * 1_000_003)
        #expect(try changes.message().withUnsafeBytes { try ChangesQuestion($0) } == changes)
        let notice = drawing.maybe { IndexNotice(digest: $0.digest(), builtAt: $0.integer()) }
        let read = try IndexNotice.message(notice, rules: Int(seed)).withUnsafeBytes { try IndexNotice.read($0) }
        #expect(read.notice == notice && read.rules == Int(seed))
    }

    @Test(arguments: 0..<40 as Range<UInt64>)
    func aMessageThatIsCutOrLengthenedIsRefused(seed: UInt64) {
        var drawing = Drawing(seed: seed)
        let batch = drawing.batch()
        let message = batch.message()
        for length in 0..<message.count {
            #expect(throws: MessageError.self, "\(length) of \(message.count) bytes") {
                try Array(message.prefix(length)).withUnsafeBytes {
                    try VerdictBatch($0, packages: batch.verdicts.count)
                }
            }
        }
        #expect(throws: MessageError.trailingBytes(1)) {
            try (message + [0]).withUnsafeBytes { try VerdictBatch($0, packages: batch.verdicts.count) }
        }
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func garbledMessagesNeverStopTheProgram(seed: UInt64) {
        var drawing = Drawing(seed: seed)
        var message = drawing.flip() ? drawing.batch().message() : drawing.explanation().message()
        for _ in 0..<20 {
            let place = Int.random(in: 6..<message.count, using: &drawing.random)
            message[place] = UInt8.random(in: .min ... .max, using: &drawing.random)
            message[5] = UInt8.random(in: 0...11, using: &drawing.random)
            readEverything(message)
        }
    }

    /// A count of two billion in ten bytes.
    @Test(arguments: MessageKind.allCases)
    func aCountWithoutBytesBehindItIsRefusedAtOnce(_ kind: MessageKind) {
        let head = Array("ZTVM".utf8) + [1, kind.rawValue]
        for start in [[], [0], [1], [0, 0], [0, 0, 0], [64] + Array(repeating: 0x61, count: 64)] as [[UInt8]] {
            for count in [[0xFF, 0xFF, 0xFF, 0xFF, 0x07], Array(repeating: 0xFF, count: 9) + [1]] as [[UInt8]] {
                readEverything(head + start + count, packages: .max)
            }
        }
    }

    private static let digest = [64] + Array(repeating: UInt8(ascii: "a"), count: 64)

    @Test(
        arguments: [
            ([0x81, 0x00], "a number has one spelling"),
            (Array(repeating: 0x80, count: 10), "eleven bytes are none"),
            ([2] + digest, "more flags than there are"),
            ([1, 64] + Array(repeating: UInt8(ascii: "A"), count: 64) + [0], "digests are written small"),
            ([0, 1, 1, 0xFF], "no UTF-8"),
            ([0, 3, 1, 65, 1, 66, 1, 67], "too many packages"),
        ] as [([UInt8], String)])
    func whatNoQuestionHoldsIsRefused(_ rest: [UInt8], _ why: String) {
        let message = Array("ZTVM".utf8) + [1, 1] + rest
        #expect(throws: MessageError.self, "\(why)") {
            try message.withUnsafeBytes { try VerdictQuestion($0, limit: 2) }
        }
    }

    @Test func anotherVersionAndAnotherKindAreNamed() {
        let message = VulnerabilityQuestion(index: nil, id: "CVE-2024-1").message()
        var newer = message
        newer[4] = 2
        #expect(throws: MessageError.version(2)) { try newer.withUnsafeBytes { try VulnerabilityQuestion($0) } }
        #expect(throws: MessageError.kind(5)) { try message.withUnsafeBytes { try ExplanationQuestion($0) } }
        #expect(throws: MessageError.foreign) {
            try Array("{\"index\":1}".utf8).withUnsafeBytes { try VulnerabilityQuestion($0) }
        }
    }

    /// Messages that another program wrote after the description: they are read, and written again byte by byte.
    @Test(arguments: MessageKind.allCases)
    func messagesAreAsTheyAreDescribed(_ kind: MessageKind) throws {
        let names = [
            "verdict-question", "verdicts", "explanation-question", "explanation", "vulnerability-question",
            "vulnerability", "index", "status", "changes-question", "changes",
        ]
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = root.appending(path: "Fuzzing/Seeds/verdict-message-bytes/\(names[Int(kind.rawValue) - 1])")
        let bytes = Array(try Data(contentsOf: file))
        let written = try bytes.withUnsafeBytes { bytes in
            switch kind {
            case .verdictQuestion: try VerdictQuestion(bytes, limit: 2).message()
            case .verdictAnswer: try VerdictBatch(bytes, packages: 2).message()
            case .explanationQuestion: try ExplanationQuestion(bytes).message()
            case .explanation: try Explanation(message: bytes).message()
            case .vulnerabilityQuestion: try VulnerabilityQuestion(bytes).message()
            case .vulnerabilityAnswer: try VulnerabilityAnswer(bytes).message()
            case .indexNotice:
                IndexNotice.message(try IndexNotice.read(bytes).notice, rules: try IndexNotice.read(bytes).rules)
            case .status: try AdvisoryStatus(message: bytes).message()
            case .changesQuestion: try ChangesQuestion(bytes).message()
            case .changesPage: try ChangesPage(bytes).message()
            }
        }
        #expect(written == bytes)
    }

    @Test func listsThatDoNotFitThePackagesAreRefused() {
        let message = VerdictBatch(verdicts: [[]], vulnerabilities: [], indexDigest: String(repeating: "a", count: 64))
            .message()
        #expect(throws: MessageError.malformed("1 lists of verdicts for 2 packages")) {
            try message.withUnsafeBytes { try VerdictBatch($0, packages: 2) }
        }
    }

    @Test func wordsBeyondTheLimitAreSaidInFull() throws {
        let names = (0..<70_000).map { AdvisoryName(scope: "scope \($0)", name: "n") }
        let page = ChangesPage(
            indexDigest: String(repeating: "a", count: 64), isComparable: true, names: names + names,
            vulnerabilities: [], next: nil)
        #expect(try page.message().withUnsafeBytes { try ChangesPage($0) } == page)
    }
}
