import JobQueue
import Synchronization
import Testing

/// Who leads, of several in one process.
private final class Office: Sendable {
    let holder = Mutex<Int?>(nil)
}

private struct Contender: Leadership {
    let number: Int
    let office: Office

    func lead(for term: Duration) async throws -> Bool {
        office.holder.withLock { holder in
            if holder == nil { holder = number }
            return holder == number
        }
    }

    func resign() async {
        office.holder.withLock { if $0 == number { $0 = nil } }
    }
}

@Suite("Leadership", .timeLimit(.minutes(2))) struct LeadershipTests {
    @Test("only the leader works, and the next one when it ends") func takeover() async throws {
        let office = Office()
        let (began, told) = AsyncStream<Int>.makeStream()
        func work(_ number: Int) -> Task<Void, Never> {
            Task {
                await Contender(number: number, office: office).whileLeading(
                    term: .seconds(600), rest: .milliseconds(1)
                ) {
                    told.yield(number)
                    // Until cancelled.
                    try? await Task.sleep(for: .seconds(600))
                }
            }
        }
        var beginnings = began.makeAsyncIterator()
        let first = work(1)
        #expect(await beginnings.next() == 1)
        let second = work(2)
        first.cancel()
        #expect(await beginnings.next() == 2)
        second.cancel()
        await second.value
        #expect(office.holder.withLock { $0 } == nil)
    }

    @Test("who loses the lead stops, and does not go on beside the next one") func loss() async throws {
        let office = Office()
        let (ended, told) = AsyncStream<Void>.makeStream()
        let task = Task {
            await Contender(number: 1, office: office).whileLeading(term: .milliseconds(3), rest: .milliseconds(1)) {
                // Somebody else has it now, as after a flush.
                office.holder.withLock { $0 = 2 }
                try? await Task.sleep(for: .seconds(600))
                told.yield()
            }
        }
        var endings = ended.makeAsyncIterator()
        await endings.next()
        #expect(office.holder.withLock { $0 } == 2)
        task.cancel()
        await task.value
        #expect(office.holder.withLock { $0 } == 2)
    }
}
