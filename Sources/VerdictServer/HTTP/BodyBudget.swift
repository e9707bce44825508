import Synchronization

/// Bytes of request bodies held at this moment, over all connections.
final class BodyBudget: Sendable {
    private let limit: Int
    private let used = Atomic<Int>(0)

    init(limit: Int) { self.limit = limit }

    /// Bytes held.
    var bytes: Int { used.load(ordering: .relaxed) }

    /// Takes bytes, unless that would go beyond the limit.
    func take(_ count: Int) -> Bool {
        let after = used.add(count, ordering: .relaxed).newValue
        guard after > limit else { return true }
        used.subtract(count, ordering: .relaxed)
        return false
    }

    /// Gives bytes back.
    func give(_ count: Int) { used.subtract(count, ordering: .relaxed) }
}
