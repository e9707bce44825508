import Advisories
import Foundation
import Testing

@testable import VerdictServer

struct WriterTests {
    private func written(_ body: (UTF8Writer) -> Void) -> String {
        let writer = UTF8Writer(capacity: 1)
        body(writer)
        return String(buffer: writer.buffer())
    }

    @Test(arguments: [
        "", "plain", "\"", "\\", "a\"b\\c", "\u{0}\u{1F}\u{7F}", "line\nline\r\ttab", "ünïcödé 漢字 🛡",
        "</script>\u{2028}",
    ]) func stringsReadBackAsTheyWere(text: String) throws {
        let json = written { $0.string(text) }
        #expect(try JSONSerialization.jsonObject(with: Data(json.utf8), options: .fragmentsAllowed) as? String == text)
    }

    @Test(arguments: [0, 7, 10, 99, 1_000_000, -1, .max, .min] as [Int64]) func wholeNumbers(value: Int64) {
        #expect(written { $0.integer(value) } == "\(value)")
    }

    @Test func numbersThatJSONDoesNotHaveAreNull() {
        #expect(written { $0.number(.nan) } == "null")
        #expect(written { $0.number(9.8) } == "9.8")
    }

    @Test(
        arguments: [
            (0, "1970-01-01T00:00:00Z"), (-1, "1969-12-31T23:59:59Z"), (951_827_696, "2000-02-29T12:34:56Z"),
            (1_709_164_800, "2024-02-29T00:00:00Z"), (4_107_542_399, "2100-02-28T23:59:59Z"),
            (4_107_542_400, "2100-03-01T00:00:00Z"), (.min, "0001-01-01T00:00:00Z"), (.max, "9999-12-31T23:59:59Z"),
        ] as [(Int64, String)]) func times(seconds: Int64, text: String)
    {
        #expect(written { $0.time(seconds) } == "\"\(text)\"")
    }

    @Test func daysOfFourCenturiesFollowOneAnother() {
        var before = CivilTime(-12_000_000_000)
        for day in 1...146_097 {
            let next = CivilTime(-12_000_000_000 + Int64(day) * 86_400)
            let isNextDay = next.day == before.day + 1 && next.month == before.month && next.year == before.year
            let isNextMonth = next.day == 1 && before.day >= 28 && (next.month == before.month % 12 + 1)
            #expect(isNextDay || isNextMonth)
            before = next
        }
        #expect(before.year == CivilTime(-12_000_000_000).year + 400)
    }

    @Test(arguments: [[], [0], [255, 254], [1, 2, 3], Array(0...255)] as [[UInt8]]) func tokensReadBack(bytes: [UInt8])
    {
        #expect(Base64URL.decode(Base64URL.encode(bytes)) == bytes)
    }

    @Test(arguments: ["A", "AB==", "QQ=", "Q!", "QR"]) func textThatIsNoTokenIsRefused(text: String) {
        #expect(Base64URL.decode(text) == nil)
    }
}
