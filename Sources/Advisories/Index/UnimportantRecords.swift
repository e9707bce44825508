/// Advisories whose publisher sees no security impact in any package they name.
///
/// Debian's urgency `unimportant` says that the binary packages are not affected, or that the flaw is none in practice, while the CVE
/// list may score it 9.8. Where nobody else speaks of the vulnerability in any package, that word is the vendor's severity, and the
/// vendor comes first.
///
/// - Source: <https://security-team.debian.org/security_tracker.html#severity-levels>
struct UnimportantRecords: Sendable {
    fileprivate enum Word: UInt8 {
        /// The advisory names no package.
        case none
        case unimportant
        case other
    }

    private let words: [Word]

    /// Looks at every package of every advisory.
    init(_ pending: GatheredAdvisories) {
        var words = [Word](repeating: .none, count: pending.records.count)
        let unimportant = pending.texts.number(of: "unimportant")
        for package in pending.packages {
            let record = Int(package.record)
            let isUnimportant = package.urgency == unimportant
            words[record] = isUnimportant && words[record] != .other ? .unimportant : .other
        }
        self.words = words
    }

    /// What publishers see, lent for the length of a call.
    struct View {
        fileprivate let words: UnsafeBufferPointer<Word>

        /// Whether at least one of these advisories names packages and all that do see no security impact.
        func isEverySpeaker(of records: some Sequence<UInt32>) -> Bool {
            var hasSpoken = false
            for record in records {
                switch words[Int(record)] {
                case .none: continue
                case .other: return false
                case .unimportant: hasSpoken = true
                }
            }
            return hasSpoken
        }
    }

    /// Lends what publishers see.
    func withView<Result>(_ body: (View) -> Result) -> Result {
        words.withUnsafeBufferPointer { body(View(words: $0)) }
    }
}
