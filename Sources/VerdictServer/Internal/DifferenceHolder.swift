import Matching
import Synchronization

/// What two indexes answer differently: worked out once for all the pages on which it is told.
final class DifferenceHolder: Sendable {
    /// The names and vulnerabilities that differ, in the order of the newer index.
    struct Difference: Sendable {
        let newer: String
        let older: String
        let names: [AdvisoryName]
        let vulnerabilities: [String]
    }

    private let held = Mutex<Difference?>(nil)

    /// The difference of two indexes, as it was worked out for the page before if that was of the same two.
    func difference(of newer: AdvisoryIndex, since older: AdvisoryIndex) -> Difference {
        let known = held.withLock { $0 }
        if let known, known.newer == newer.digest, known.older == older.digest { return known }
        let fresh = Difference(
            newer: newer.digest, older: older.digest, names: newer.changedNames(since: older),
            vulnerabilities: newer.changedVulnerabilities(since: older))
        held.withLock { $0 = fresh }
        return fresh
    }

    /// Forgets what was told to its end.
    func forget() { held.withLock { $0 = nil } }
}
