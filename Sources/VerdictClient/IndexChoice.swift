import Verdicts

/// Decides which index everything is asked of, while endpoints exchange theirs one after the other, come and go. A state machine; times are
/// durations since some start.
///
/// The newest index that an endpoint in reach has in use is taken, by an order that is the same for everybody who looks: so no two processors
/// pull the catalogue to and fro. What was taken stays as long as an endpoint in reach has it; when none has, but some are out of reach, it is
/// waited for.
struct IndexChoice: Sendable {
    /// What is known of an endpoint.
    enum View: Sendable, Equatable {
        /// It answers, and has that index in use, or none yet.
        case inReach(IndexNotice?)
        /// It does not answer, or was not asked yet.
        case away
    }

    /// What is asked.
    private(set) var index: IndexNotice?
    private var lastSeen = Duration.zero
    private let patience: Duration

    init(patience: Duration) { self.patience = patience }

    /// Looks again.
    ///
    /// - Returns: Whether another index was taken.
    mutating func look(_ views: [View], now: Duration) -> Bool {
        let present = views.compactMap { view in if case .inReach(let notice) = view { notice } else { nil } }
        guard let newest = present.max(by: { $0.isOlder(than: $1) }) else { return false }
        guard let index else { return take(newest, now: now) }
        if index.isOlder(than: newest) { return take(newest, now: now) }
        if present.contains(index) {
            lastSeen = now
            return false
        }
        guard !views.contains(.away) || now - lastSeen > patience else { return false }
        return take(newest, now: now)
    }

    private mutating func take(_ newest: IndexNotice, now: Duration) -> Bool {
        index = newest
        lastSeen = now
        return true
    }
}
