import Foundation
import PostgreSQL
import Testing

@Suite("PostgreSQL values", .enabled(if: hasServer, "PostgreSQL is not installed"))
struct ValueTests {
    /// Sends a value, lets the server say what it understood, and reads the value back.
    private func roundTrip<T: PostgresEncodable & PostgresDecodable & Equatable>(_ value: T, text: String?) async throws
    {
        try await withClient { client in
            let result = try await client.ask("select $1, $1::text", value)
            #expect(try result.value(0, as: T.self) == value)
            #expect(try result.value(1, as: String?.self) == text)
        }
    }

    @Test("numbers, texts, bytes and times arrive as they are and come back")
    func scalars() async throws {
        try await roundTrip(true, text: "true")
        try await roundTrip(Int16.min, text: "-32768")
        try await roundTrip(Int32.max, text: "2147483647")
        try await roundTrip(Int64.min, text: "-9223372036854775808")
        try await roundTrip(42, text: "42")
        try await roundTrip(-0.5, text: "-0.5")
        try await roundTrip("Öl 'x' \\ $1", text: "Öl 'x' \\ $1")
        try await roundTrip("", text: "")
        try await roundTrip(Data([0, 1, 255]), text: "\\x0001ff")
        try await roundTrip(Data(), text: "\\x")
        try await roundTrip(
            UUID(uuidString: "00112233-4455-6677-8899-AABBCCDDEEFF"), text: "00112233-4455-6677-8899-aabbccddeeff")
        try await roundTrip(JSONB(#"{"a": 1}"#), text: #"{"a": 1}"#)
        try await roundTrip(Int?.none, text: nil)
        try await roundTrip(Int?.some(7), text: "7")
    }

    @Test("arrays, also empty ones")
    func arrays() async throws {
        try await roundTrip([1, 2, 3] as [Int32], text: "{1,2,3}")
        try await roundTrip([Int64](), text: "{}")
        try await roundTrip(["a", "", "b,c"], text: #"{a,"","b,c"}"#)
        try await roundTrip([Data([1]), Data()], text: #"{"\\x01","\\x"}"#)
        try await roundTrip([true, false], text: "{t,f}")
        try await roundTrip([1.5], text: "{1.5}")
    }

    @Test("times keep their milliseconds", arguments: [0, 1, 1_767_225_600_123, -1, 253_402_300_799_999] as [Int64])
    func times(_ milliseconds: Int64) async throws {
        let date = Date(timeIntervalSince1970: Double(milliseconds) / 1000)
        try await withClient { client in
            let result = try await client.ask(
                "select $1, (extract(epoch from $1) * 1000)::bigint", date)
            #expect(try result.value(0, as: Date.self) == date)
            #expect(try result.value(1, as: Int64.self) == milliseconds)
        }
    }

    @Test("times that the server does not know are brought to an end of its calendar")
    func farTimes() async throws {
        try await withClient { client in
            for date in [Date(timeIntervalSince1970: 1e20), Date(timeIntervalSince1970: -1e20)] {
                try await expect(true) { try await client.ask("select isfinite($1)", date).value() }
            }
        }
    }

    @Test("another type, a null and a missing column are errors and no traps")
    func wrongTypes() async throws {
        try await withClient { client in
            let result = try await client.ask(
                "select 'x'::text, null::int, array[1, null]::int[], array[[1],[2]]::int[]")
            #expect(throws: PostgresError.self) { try result.value(0, as: Int.self) }
            #expect(throws: PostgresError.self) { try result.value(1, as: Int.self) }
            #expect(try result.value(1, as: Int?.self) == nil)
            for column in [2, 3, 4, -1] {
                #expect(throws: PostgresError.self) { try result.value(column, as: [Int32].self) }
            }
        }
    }

    @Test("bytes that no server sends are refused")
    func damaged() {
        let type = [Int32].postgresType
        let good = [1, 2, 3].map(Int32.init).postgresBytes ?? []
        for length in 0..<good.count {
            good.prefix(length).withUnsafeBytes { #expect([Int32].decode($0, type: type) == nil) }
        }
        for index in good.indices {
            var bad = good
            bad[index] = 0xff
            bad.withUnsafeBytes { _ = [Int32].decode($0, type: type) }
        }
    }
}
