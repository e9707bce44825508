import Foundation
import Inventory
import PackageIdentity
import PostgreSQL
import Stores
import Testing

@testable import PostgresStore

@Suite("PostgreSQL store, stored forms")
struct FormTests {
    @Test("sets of inventories survive their bytes, in the shorter form")
    func sets() throws {
        let cases: [[Int]] = [
            [], [0], [8191], [0, 1, 2, 3], Array(stride(from: 0, to: 8192, by: 7)), Array(0..<8192),
            [63, 64, 127, 128],
        ]
        for numbers in cases {
            var set = HolderSet()
            for number in numbers { set.insert(number) }
            #expect(set.numbers == numbers)
            #expect(set.isEmpty == numbers.isEmpty)
            let bytes = set.encoded()
            #expect(bytes.count <= 1025)
            #expect(bytes.isEmpty == numbers.isEmpty)
            if !numbers.isEmpty { #expect(try HolderSet(segment: bytes).numbers == numbers) }
            for number in numbers { set.remove(number) }
            #expect(set.encoded().isEmpty)
        }
    }

    @Test("segments lie one after the other")
    func segments() throws {
        var whole = HolderSet()
        var part = HolderSet()
        part.insert(5)
        try whole.add(segment: 0, part.encoded())
        try whole.add(segment: 3, part.encoded())
        #expect(whole.numbers == [5, 3 * 8192 + 5])
        #expect(whole.contains(5) && !whole.contains(8197) && !whole.contains(1 << 30))
    }

    @Test(
        "damaged sets are an error",
        arguments: [[], [2, 1], [0, 0], [0, 0x80], [0, 0x81, 0x40], [1] + [UInt8](repeating: 1, count: 1025)])
    func damagedSets(_ bytes: [UInt8]) {
        #expect(throws: StoreError.self) { try HolderSet(segment: Data(bytes)) }
    }

    private static let dates: [[Int64: Int64]] = [
        [:], [1: 0], [1: 1_767_225_600_000, 2: 1_767_225_600_000, 900: 1_767_225_600_001], [7: -5, 8: 1000, 9: -5],
    ]

    @Test("dates survive their bytes", arguments: dates)
    func packageDates(_ dates: [Int64: Int64]) throws {
        let bytes = PackageDates(dates).encoded()
        #expect(try PackageDates(stored: bytes).dates == dates)
        for length in 0..<bytes.count where !dates.isEmpty {
            // A part of it is an error, or fewer groups; never a trap.
            _ = try? PackageDates(stored: bytes.prefix(length))
        }
    }

    @Test(
        "SQL reads packed packages and dates as the program does",
        .enabled(if: hasServer, "PostgreSQL is not installed"))
    func unpacks() async throws {
        try await withTemporaryStore { store, _ in
            for ids: [Int64] in [[], [1], [1, 2, 300, 70_000], Array(5...1000)] {
                let statement = PostgresStatement(
                    "select coalesce(array_agg(id), '{}') from unpack_packages($1) u (id)", PackageIDList.encode(ids))
                let found = try await store.client.run([statement])[0].value(as: [Int32].self)
                #expect(found == ids.map { Int32($0) })
            }
            for dates in Self.dates {
                let statement = PostgresStatement(
                    "select package_id, since from unpack_dates($1)", PackageDates(dates).encoded())
                var found: [Int64: Int64] = [:]
                try await store.client.run([statement])[0].forEach { row in
                    found[try row.get(0)] = try row.get(1, as: Date.self).milliseconds
                }
                #expect(found == dates)
            }
        }
    }

    @Test(
        "NUL in JSON gives way to the sign for what cannot be shown",
        arguments: [
            (#"{"a":"x"}"#, #"{"a":"x"}"#), (#"{"a":"\u0000"}"#, #"{"a":"\ufffd"}"#),
            (#"{"a":"\\u0000"}"#, #"{"a":"\\u0000"}"#), (#"{"a":"\\\u0000\n"}"#, #"{"a":"\\\ufffd\n"}"#),
            (#"\u000"#, #"\u000"#),
        ])
    func nulInJSON(_ text: String, _ expected: String) {
        #expect(text.storableJSON.text == expected)
    }

    @Test(
        "a host whose name holds a NUL is kept like any other", .enabled(if: hasServer, "PostgreSQL is not installed"))
    func nulInHostname() async throws {
        try await withTemporaryStore { store, _ in
            let (scope, agents) = try await Scenario.company(store, "com\0pany")
            _ = try await store.recordHeartbeat(
                scope: scope, agentID: agents[0], facts: Scenario.facts("ho\0st \\u0000"), at: Scenario.now)
            let detail = try await store.fetchAgent(scope: scope, id: agents[0])
            #expect(detail?.summary.hostname == "ho\u{fffd}st \\u0000")
            #expect(detail?.facts.host.hostname == "ho\u{fffd}st \\u0000")
            let login = try await store.fetchLogin(email: "a\0b")
            #expect(login == nil)
        }
    }

    @Test(
        "a package URL longer than an index entry is kept like any other",
        .enabled(if: hasServer, "PostgreSQL is not installed"))
    func longPackage() async throws {
        try await withTemporaryStore { store, _ in
            let long = try PackageURL("pkg:pypi/" + String(repeating: "long-", count: 800) + "name@1.0")
            let ids = try await store.internPackages([long], at: Scenario.now)
            let again = try await store.internPackages([long], at: Scenario.now)
            #expect(ids == again)
        }
    }
}
