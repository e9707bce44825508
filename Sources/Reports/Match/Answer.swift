import Matching

/// A verdict in words, or in the numbers of the index that gave it.
enum Answer: Sendable {
    indirect case stated(Verdict)
    case indexed(CompactVerdict, AdvisoryIndex)

    /// Whether the package version is exposed.
    var status: VerdictStatus {
        switch self {
        case .stated(let verdict): verdict.status
        case .indexed(let compact, _): compact.status
        }
    }

    /// Whether a version that repairs it is known.
    var hasFix: Bool {
        switch self {
        case .stated(let verdict): verdict.fixedVersion != nil
        case .indexed(let compact, _): compact.hasFix
        }
    }

    /// The verdict in words; out of a damaged file the one that says so.
    var verdict: Verdict {
        switch self {
        case .stated(let verdict): return verdict
        case .indexed(let compact, let index):
            return (try? index.verdict(compact))
                ?? Verdict(
                    vulnerability: "", advisories: [], status: .undetermined, reason: VerdictReason.damagedIndex)
        }
    }
}
