import Synchronization

/// A clock that stands still until it is told to go on.
public final class ManualClock: Clock {
    /// A time since the clock was made.
    public struct Instant: InstantProtocol {
        var offset: Duration = .zero
        /// Later by a while.
        public func advanced(by duration: Duration) -> Self { Self(offset: offset + duration) }
        /// How much later the other one is.
        public func duration(to other: Self) -> Duration { other.offset - offset }
        /// Whether it is earlier.
        public static func < (lhs: Self, rhs: Self) -> Bool { lhs.offset < rhs.offset }
    }

    private struct State {
        var now = Instant()
        var nextID = 0
        var sleepers: [Int: (deadline: Instant, continuation: CheckedContinuation<Void, any Error>)] = [:]
        var watchers: [CheckedContinuation<Void, Never>] = []
    }

    private let state = Mutex(State())

    /// A clock that stands at its start.
    public init() {}

    /// Where it stands.
    public var now: Instant { state.withLock { $0.now } }
    /// None.
    public var minimumResolution: Duration { .zero }

    /// Returns when the clock was moved so far; throws when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let id = state.withLock { state in
            state.nextID += 1
            return state.nextID
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let (isDone, watchers) = state.withLock { state in
                    let watchers = state.watchers
                    state.watchers = []
                    guard deadline > state.now, !Task.isCancelled else { return (true, watchers) }
                    state.sleepers[id] = (deadline, continuation)
                    return (false, watchers)
                }
                if isDone { continuation.resume() }
                for watcher in watchers { watcher.resume() }
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: id) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Returns once somebody sleeps.
    public func untilSomebodySleeps() async {
        await withCheckedContinuation { continuation in
            let isSleeping = state.withLock { state in
                if state.sleepers.isEmpty { state.watchers.append(continuation) }
                return !state.sleepers.isEmpty
            }
            if isSleeping { continuation.resume() }
        }
    }

    /// Goes on, and wakes those whose time has come.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now = state.now.advanced(by: duration)
            let due = state.sleepers.filter { $0.value.deadline <= state.now }
            for id in due.keys { state.sleepers[id] = nil }
            return due.values.map(\.continuation)
        }
        for sleeper in woken { sleeper.resume() }
    }
}
