import Foundation
import Stores
import Synchronization

/// Knows for a few seconds which sessions are active, and tells streams when one ends on this gateway.
///
/// A session that ends elsewhere, on another gateway or by the command line, is noticed when its answer here has aged.
final class SessionBoard: Sendable {
    private let store: any Store
    private let lifetime: TimeInterval
    private let capacity: Int
    private let state = Mutex(State())

    private struct State {
        var checkedAt: [SessionID: Date] = [:]
        /// How many sessions ended here; tells a check that one ended while it asked the store.
        var endings: UInt64 = 0
        var watchers: [SessionID: [UInt64: @Sendable () -> Void]] = [:]
        var nextWatcher: UInt64 = 0
    }

    init(store: any Store, lifetime: Duration, capacity: Int = 50_000) {
        self.store = store
        self.lifetime = lifetime.timeInterval
        self.capacity = capacity
    }

    /// Whether the session may act. Only "yes" is remembered.
    func isActive(_ id: SessionID, at now: Date) async throws -> Bool {
        let (isFresh, endings) = state.withLock { state in
            (state.checkedAt[id].map { abs(now.timeIntervalSince($0)) < lifetime } ?? false, state.endings)
        }
        if isFresh { return true }
        let isActive = try await store.isSessionActive(id: id, at: now)
        state.withLock { state in
            // An answer from before somebody signed out must not be remembered after it.
            guard state.endings == endings else { return }
            if state.checkedAt.count >= capacity { state.checkedAt.removeAll() }
            state.checkedAt[id] = isActive ? now : nil
        }
        return isActive
    }

    /// Says that a session has ended: its next request is refused, and its streams close.
    func end(_ id: SessionID) {
        let watchers = state.withLock { state in
            state.checkedAt[id] = nil
            state.endings += 1
            return state.watchers.removeValue(forKey: id) ?? [:]
        }
        for watcher in watchers.values { watcher() }
    }

    /// Calls back once if the session ends here while `operation` runs.
    func watching<Value>(
        _ id: SessionID, onEnd: @escaping @Sendable () -> Void, _ operation: () async throws -> Value
    ) async rethrows -> Value {
        let watcher = state.withLock { state in
            state.nextWatcher += 1
            state.watchers[id, default: [:]][state.nextWatcher] = onEnd
            return state.nextWatcher
        }
        defer {
            state.withLock { state in
                state.watchers[id]?[watcher] = nil
                if state.watchers[id]?.isEmpty == true { state.watchers[id] = nil }
            }
        }
        return try await operation()
    }
}
