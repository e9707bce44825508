import Foundation
import Inventory
import PackageIdentity
import PostgreSQL
import PostgresTesting
@_spi(Minting) import Stores
import Synchronization
import Testing

@testable import PostgresStore

@Suite("PostgreSQL store, rows that are known", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct KnownRowsTests {
    @Test("are of one server")
    func areOfOneServer() {
        let known = KnownRows<String, Int64>()
        #expect(known.values(of: ["a"]) == (nil, [nil] as [Int64?]))
        known.insert([("a", 1), ("b", 2)], of: "first")
        #expect(known.values(of: ["b", "c", "a"]) == ("first", [2, nil, 1]))
        known.insert([("c", 1)], of: "second")
        #expect(known.values(of: ["a", "b", "c"]) == ("second", [nil, nil, 1]))
    }

    @Test("are not asked for where all are known, and all are where another server answers")
    func areAskedForWhereMissing() async throws {
        let known = KnownRows<String, Int64>()
        known.insert([("a", 1), ("b", 2)], of: "first")
        let asked = Mutex<[[String]]>([])
        func values(_ keys: [String], on server: String, _ answering: String, _ found: [String: Int64]) async throws
            -> [Int64]
        {
            try await known.values(of: keys, on: server) { keys in
                asked.withLock { $0.append(keys) }
                return (answering, keys.compactMap { key in found[key].map { (key: key, value: $0) } })
            }.sorted()
        }
        #expect(try await values(["a", "b"], on: "first", "first", [:]) == [1, 2])
        #expect(try await values(["a", "c"], on: "first", "first", ["c": 3]) == [1, 3])
        #expect(try await values(["a", "c"], on: "second", "second", ["a": 7, "c": 8]) == [7, 8])
        // One that takes over between the two questions is asked for what the one before said.
        #expect(try await values(["a", "d"], on: "second", "third", ["a": 5, "d": 6]) == [5, 6])
        #expect(asked.withLock(\.self) == [["c"], ["a", "c"], ["d"], ["a", "d"]])
    }

    @Test("go when they are many and nobody asks for them")
    func areBounded() {
        let known = KnownRows<String, Int64>(generationSize: 10)
        known.insert((0..<10).map { ("\($0)", Int64($0)) }, of: "server")
        for number in 10..<1000 {
            #expect(known.values(of: ["3"]).values == [3])
            known.insert([("\(number)", Int64(number))], of: "server")
        }
        let rows = known.values(of: (0..<1000).map { "\($0)" }).values
        #expect(rows.compactMap(\.self).count <= 20)
        #expect(rows[3] == 3)
        #expect(rows[999] == 999)
    }

    @Test("are asked for once, and again when another server has taken over")
    func areAskedForAgain() async throws {
        try await withTemporaryStore { store, _ in
            let (scope, agents) = try await Scenario.company(store, "company")
            let agent = try #require(agents.first)
            try await Scenario.apply(store, scope, agent, [1, 2])
            let purls = (1...3).map { "pkg:pypi/package-\($0)@1.0" }
            let (server, rows) = store.evaluatedPackages.values(of: purls)
            #expect(rows.map { $0 == nil } == [false, false, true])
            // As if another server had given these rows to other packages; this one is believed where the start is the same.
            let (first, second) = (try #require(rows[0]), try #require(rows[1]))
            store.evaluatedPackages.insert([(purls[0], second), (purls[1], 9_999_999)], of: "another server")
            try await Scenario.apply(store, scope, agent, [1])
            #expect(try await inventory(store, scope, of: [1]) == Array(purls.prefix(1)))
            #expect(store.evaluatedPackages.values(of: purls) == (server, [first, nil, nil]))
            try await Scenario.apply(store, scope, agent, [1, 2, 3])
            #expect(try await inventory(store, scope, of: [1, 2, 3]) == purls)
        }
    }

    private func inventory(_ store: PostgresStore, _ scope: CompanyScope, of numbers: [Int]) async throws -> [String] {
        let wanted = Inventory(try numbers.map { try PackageURL("pkg:pypi/package-\($0)@1.0") })
        return try await store.fetchInventory(scope: scope, digest: wanted.digest)?.packages.map(\.description) ?? []
    }
}
