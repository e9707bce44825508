import Foundation
import Testing

@testable import Gateway

struct TimeTests {
    @Test(arguments: [
        ("2026-01-31T12:00:00Z", 1_769_860_800), ("2026-01-31T12:00:00.5Z", 1_769_860_800.5),
        ("2026-01-31T13:30:00+01:30", 1_769_860_800), ("2026-01-31T09:14:00+21:14", 1_769_774_400),
        ("2026-01-30T12:01:00-23:59", 1_769_860_800), ("1970-01-01T00:00:00+00:00", 0), ("1969-12-31T23:59:59Z", -1),
    ])
    func isRead(_ text: String, _ seconds: Double) throws {
        let date = try #require(RFC3339.date(text))
        #expect(abs(date.timeIntervalSince1970 - seconds) < 0.001, "\(date.timeIntervalSince1970)")
    }

    @Test(arguments: [
        "", "Z", "now", "2026-01-31", "2026-01-31T12:00:00", "2026-13-31T12:00:00Z", "2026-01-31T12:00:00+24:00",
        "2026-01-31T12:00:00+01:60", "2026-01-31T12:00:00Z+01:00", "2026-01-31T12:00:00Zx",
        "2026-01-31T12:00:00 01:00",
    ])
    func isRefused(_ text: String) { #expect(RFC3339.date(text) == nil) }
}
