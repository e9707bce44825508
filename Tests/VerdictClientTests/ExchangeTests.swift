import Matching
import PackageIdentity
import Synchronization
import Testing
import Verdicts

@testable import VerdictClient

/// Indexes that come into use at one endpoint after the other.
struct ExchangeTests {
    @Test func anAnswerIsOfOneIndexWhileIndexesAreExchanged() async throws {
        let marks = ["2001", "2002", "2003", "2004"]
        let made = try marks.map { try markedIndex($0) }
        let markOf = Dictionary(uniqueKeysWithValues: zip(made.map(\.digest), marks))
        let indexes = [TestIndexes([made[0]]), TestIndexes([made[0]]), TestIndexes([made[0]])]
        let isDone = Flag()
        try await Installation.with(indexes, client: { $0.batchSize = 50 }) { world in
            try await withThrowingTaskGroup(of: Int.self) { tasks in
                for number in 0..<4 {
                    tasks.addTask {
                        // Small questions are gathered, large ones are asked in parts.
                        let range = number < 2 ? 0..<20 : 0..<200
                        var answers = 0
                        while !isDone.isSet {
                            let batch = try await world.client.verdicts(for: tools(range))
                            let mark = try #require(markOf[batch.indexDigest])
                            #expect(advisories(batch) == expected(mark, range))
                            answers += 1
                        }
                        return answers
                    }
                }
                for index in made.dropFirst() {
                    for held in indexes {
                        held.use(index)
                        let before = try await world.client.verdicts(for: tools(0..<1)).indexDigest
                        #expect(markOf[before] != nil)
                    }
                    while await world.client.indexDigest != newest(indexes) { await Task.yield() }
                }
                isDone.set()
                for try await answers in tasks { #expect(answers > 0) }
            }
        }
    }

    /// The digest that every looker chooses among those in use: all are of one date.
    private func newest(_ indexes: [TestIndexes]) -> String? { indexes.compactMap { $0.index?.digest }.max() }

    @Test func anExchangeIsToldOnceAndNotTakenBack() async throws {
        let made = try ["2001", "2002"].map { try markedIndex($0) }.sorted { $0.digest < $1.digest }
        let indexes = [TestIndexes([made[0]]), TestIndexes([made[0]])]
        try await Installation.with(indexes) { world in
            var told = world.client.indexDigests().makeAsyncIterator()
            #expect(await told.next() == made[0].digest)
            // One of two has the newer one: it is asked alone, and what it says stands.
            indexes[0].use(made[1])
            #expect(await told.next() == made[1].digest)
            for _ in 0..<20 {
                let batch = try await world.client.verdicts(for: tools(0..<3))
                #expect(batch.indexDigest == made[1].digest)
                #expect(await world.client.indexDigest == made[1].digest)
            }
            indexes[1].use(made[1])
            #expect(await world.client.indexDigest == made[1].digest)
            #expect(world.metricsText.contains("verdict_client_index_exchanges_total 2"))
        }
    }

    /// The processor asks for the digest after it recorded verdicts: nobody may then be told of an index that others have left behind.
    @Test func theDigestIsAskedForAfresh() async throws {
        let made = try ["2001", "2002"].map { try markedIndex($0) }.sorted { $0.digest < $1.digest }
        let indexes = [TestIndexes([made[0]]), TestIndexes([made[0]])]
        try await Installation.with(indexes, runsClient: false) { world in
            let batch = try await world.client.verdicts(for: tools(0..<3))
            #expect(batch.indexDigest == made[0].digest)
            indexes[1].use(made[1])
            #expect(await world.client.indexDigest == made[1].digest)
            let later = try await world.client.verdicts(for: tools(0..<3))
            #expect(later.indexDigest == made[1].digest)
        }
    }

    @Test func theNewestIsWaitedForWhileItsEndpointIsAway() async throws {
        let made = try ["2001", "2002"].map { try markedIndex($0) }.sorted { $0.digest < $1.digest }
        let indexes = [TestIndexes([made[0]]), TestIndexes([made[1]])]
        let configure = { (configuration: inout RemoteVerdictConfiguration) in
            configuration.retries.rest = .milliseconds(1)
            configuration.indexPatience = .seconds(3_600)
        }
        try await Installation.with(indexes, client: configure) { world in
            #expect(await world.client.indexDigest == made[1].digest)
            world.relays[1].goDown()
            // The other one could answer, by an index that was left behind.
            await #expect(throws: VerdictServiceError.self) { try await world.client.verdicts(for: tools(0..<3)) }
            #expect(await world.client.indexDigest == made[1].digest)
            world.relays[1].comeBack()
            while (try? await world.client.verdicts(for: tools(0..<3)))?.indexDigest != made[1].digest {
                await Task.yield()
            }
        }
    }

    @Test func withoutPatienceTheOneThatIsThereIsTaken() async throws {
        let made = try ["2001", "2002"].map { try markedIndex($0) }.sorted { $0.digest < $1.digest }
        let indexes = [TestIndexes([made[0]]), TestIndexes([made[1]])]
        try await Installation.with(indexes, client: { $0.indexPatience = .zero }) { world in
            #expect(await world.client.indexDigest == made[1].digest)
            world.relays[1].goDown()
            while await world.client.indexDigest != made[0].digest { await Task.yield() }
            let batch = try await world.client.verdicts(for: tools(0..<3))
            #expect(batch.indexDigest == made[0].digest)
            world.relays[1].comeBack()
            while await world.client.indexDigest != made[1].digest { await Task.yield() }
        }
    }

    @Test func theStreamEndsWithTheService() async throws {
        let index = try markedIndex("2001")
        let stream = Mutex<AsyncStream<String>?>(nil)
        try await Installation.with([TestIndexes([index])]) { world in
            stream.withLock { $0 = world.client.indexDigests() }
            #expect(await world.client.indexDigest == index.digest)
        }
        var digests: [String] = []
        for await digest in try #require(stream.withLock { $0 }) { digests.append(digest) }
        #expect(digests == [index.digest])
    }
}
