import CircuitBreaking
import Synchronization
import Testing

struct GuardedCallsTests {
    private struct Failure: Error {}

    /// A clock that goes on only when told to; nobody sleeps by it.
    private final class SteppingClock: Clock {
        typealias Instant = ContinuousClock.Instant
        private let time = Mutex(ContinuousClock.now)
        var now: Instant { time.withLock { $0 } }
        var minimumResolution: Duration { .zero }
        func sleep(until deadline: Instant, tolerance: Duration?) async throws {}
        func advance(by duration: Duration) { time.withLock { $0 = $0.advanced(by: duration) } }
    }

    private let clock = SteppingClock()

    private func guarded(_ news: @escaping @Sendable (String) -> Void = { _ in }) -> GuardedCalls {
        var settings = CircuitBreaker.Settings()
        settings.failures = 2
        settings.pause = .seconds(1)
        return GuardedCalls(settings, clock: clock) { change in
            switch change {
            case .opened(let error): news("opened: \(error)")
            case .closed: news("closed")
            }
        }
    }

    @Test func afterFailuresInARowNobodyAsksUntilThePauseIsOver() async {
        let (stream, continuation) = AsyncStream.makeStream(of: String.self)
        let calls = guarded { continuation.yield($0) }
        for _ in 0..<2 { #expect(await calls.run { throw Failure() } as Int? == nil) }
        #expect(calls.isDown)
        #expect(await calls.run { 1 } == nil, "not asked")
        #expect(calls.failures == 2 && calls.skipped == 1)
        clock.advance(by: .seconds(1))
        // The first who asks then fails: the pause grows, which is no news.
        #expect(await calls.run { throw Failure() } as Int? == nil)
        #expect(await calls.run { 2 } == nil)
        clock.advance(by: .seconds(2))
        #expect(await calls.run { 3 } == 3)
        #expect(!calls.isDown)
        continuation.finish()
        var heard: [String] = []
        for await word in stream { heard.append(word) }
        #expect(heard == ["opened: Failure()", "closed"])
    }

    /// Somebody who hangs up says nothing of whom he asked.
    @Test func callersThatAreCancelledCountForNothing() async {
        let calls = guarded()
        for _ in 0..<5 {
            let task = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                return await calls.run { () async throws -> Int in
                    try Task.checkCancellation()
                    return 1
                }
            }
            #expect(await task.value == nil)
        }
        #expect(!calls.isDown && calls.failures == 0)
        #expect(await calls.run { 2 } == 2)
    }
}
