/// Advisories whose publisher sees no security impact in any package they name.
///
/// Debian's urgency `unimportant` says that the binary packages are not affected, or that the flaw is none in practice, while the CVE
/// list may score it 9.8. Where nobody else speaks of the vulnerability in any package, that word is the vendor's severity, and the
/// vendor comes first.
///
/// - Source: <https://security-team.debian.org/security_tracker.html#severity-levels>
struct UnimportantRecords: Sendable {
    private enum Word: UInt8 {
        /// The advisory names no package.
        case none
        case unimportant
        case other
    }

    private var words: [Word]

    /// Looks at every package of every advisory.
    init(_ pending: GatheredAdvisories) {
        words = Array(repeating: .none, count: pending.records.count)
        let unimportant = pending.texts.number(of: "unimportant")
        for package in pending.packages {
            let record = Int(package.record)
            let isUnimportant = package.urgency == unimportant
            words[record] = isUnimportant && words[record] != .other ? .unimportant : .other
        }
    }

    /// Whether at least one of these advisories names packages and all that do see no security impact.
    func isEverySpeaker(of records: some Sequence<UInt32>) -> Bool {
        let spoken = records.map { words[Int($0)] }.filter { $0 != .none }
        return !spoken.isEmpty && spoken.allSatisfy { $0 == .unimportant }
    }
}
