import Logging
import Synchronization
import Telemetry
import Testing
import Upkeep

@Suite(.timeLimit(.minutes(2))) struct HealthWatchTests {
    /// Why a part does not work.
    private struct Down: Error, CustomStringConvertible {
        let description = "down for a test"
    }

    @Test func aPartThatFailsIsToldOfUntilItWorksAgain() async throws {
        let health = HealthState(checks: ["part"], optional: ["other"])
        health.finishStarting()
        let isDown = Mutex(true)
        let (looks, looked) = AsyncStream<Void>.makeStream()
        let watch = HealthWatch(
            parts: [
                HealthWatch.Part("part") {
                    looked.yield()
                    if isDown.withLock(\.self) { throw Down() }
                },
                HealthWatch.Part("other") { throw Down() },
            ], health: health, interval: .milliseconds(1),
            logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await watch.run() }
            var each = looks.makeAsyncIterator()
            // By the second look, the first has been told of.
            await each.next()
            await each.next()
            #expect(!health.report.ready)
            #expect(health.report.checks.last?.detail == "down for a test")
            isDown.withLock { $0 = false }
            // One may have been under way.
            for _ in 0..<3 { await each.next() }
            #expect(health.report.ready, "the other part is not required")
            #expect(health.report.checks.map(\.passing) == [false, true])
            group.cancelAll()
        }
    }
}
