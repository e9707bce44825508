import Matching
import Verdicts

extension FuzzTargets {
    /// What roles say to each other. The first byte chooses the message, so that an input need not find out kinds and versions.
    static let messages: [FuzzTarget] = [
        FuzzTarget("verdict-messages", maximumLength: 8192) { input in
            guard let first = input.first else { return }
            let kind = MessageKind.allCases[Int(first) % MessageKind.allCases.count]
            let rest = input.dropFirst()
            try read(kind, Array("ZTVM".utf8) + [MessageFormat.version, kind.rawValue] + rest)
        },
        FuzzTarget("verdict-message-bytes", maximumLength: 2048) { input in
            for kind in MessageKind.allCases { try? read(kind, input) }
        },
        FuzzTarget("verdict-questions", maximumLength: 4096) { input in
            guard let first = input.first else { return }
            let (kind, path) = questions[Int(first) % questions.count]
            let body = Array("ZTVM".utf8) + [MessageFormat.version, kind.rawValue] + input.dropFirst()
            EnrichmentUnderFuzz.service.ask("POST", path, body: body).check("a message to \(path)")
        },
    ]

    private static let questions: [(MessageKind, String)] = [
        (.verdictQuestion, "/v1/internal/verdicts"), (.explanationQuestion, "/v1/internal/explanation"),
        (.vulnerabilityQuestion, "/v1/internal/vulnerability"), (.changesQuestion, "/v1/internal/changes"),
    ]

    /// Reads a message; what was read says the same when it is written and read again.
    private static func read(_ kind: MessageKind, _ bytes: [UInt8]) throws {
        switch kind {
        case .verdictQuestion: try again(bytes, { try VerdictQuestion($0, limit: 10_000) }, { $0.message() })
        // As many packages as the message says: the sender knows what it was asked.
        case .verdictAnswer: for packages in 0...2 { try? batch(bytes, packages: packages) }
        case .explanationQuestion: try again(bytes, { try ExplanationQuestion($0) }, { $0.message() })
        case .explanation: try again(bytes, { try Explanation(message: $0) }, { $0.message() })
        case .vulnerabilityQuestion: try again(bytes, { try VulnerabilityQuestion($0) }, { $0.message() })
        case .vulnerabilityAnswer: try again(bytes, { try VulnerabilityAnswer($0) }, { $0.message() })
        case .indexNotice: try notice(bytes)
        case .status: try again(bytes, { try AdvisoryStatus(message: $0) }, { $0.message() })
        case .changesQuestion: try again(bytes, { try ChangesQuestion($0) }, { $0.message() })
        case .changesPage: try again(bytes, { try ChangesPage($0) }, { $0.message() })
        }
    }

    private static func again<Value: Equatable>(
        _ bytes: [UInt8], _ read: (UnsafeRawBufferPointer) throws -> Value, _ write: (Value) -> [UInt8]
    ) throws {
        let value = try bytes.withUnsafeBytes(read)
        let second = try? write(value).withUnsafeBytes(read)
        require(second == value, "what was read is written as it is")
    }

    private static func batch(_ bytes: [UInt8], packages: Int) throws {
        let value = try bytes.withUnsafeBytes { try VerdictBatch($0, packages: packages) }
        let second = try? value.message().withUnsafeBytes { try VerdictBatch($0, packages: packages) }
        require(second?.verdicts == value.verdicts, "verdicts are written as they are")
        require(second?.vulnerabilities == value.vulnerabilities, "vulnerabilities are written as they are")
        require(second?.indexDigest == value.indexDigest, "the digest is written as it is")
    }

    private static func notice(_ bytes: [UInt8]) throws {
        let value = try bytes.withUnsafeBytes { try IndexNotice.read($0) }
        let second = try? IndexNotice.message(value.notice, rules: value.rules)
            .withUnsafeBytes { try IndexNotice.read($0) }
        require(second?.notice == value.notice && second?.rules == value.rules, "a notice is written as it is")
    }
}
