/// What a written report says of its making.
public struct ReportContext: Sendable {
    /// Version of this program.
    public var toolVersion: String
    /// When it was made, Unix seconds. Only formats that demand a time write it.
    public var timestamp: Int64

    /// Makes one from its parts.
    public init(toolVersion: String, timestamp: Int64) {
        self.toolVersion = toolVersion
        self.timestamp = timestamp
    }

    /// `2026-11-22T20:00:00Z` for Unix seconds from year 1970 to 9999; other seconds are brought to the nearer end.
    ///
    /// - Source: <https://howardhinnant.github.io/date_algorithms.html#civil_from_days>
    public static func text(ofTime seconds: Int64) -> String {
        let seconds = min(max(seconds, 0), 253_402_300_799)
        let time = seconds % 86_400
        return "\(date(ofTime: seconds))T\(two(time / 3600)):\(two(time / 60 % 60)):\(two(time % 60))Z"
    }

    /// `2026-11-22` for Unix seconds, in the same bounds.
    public static func date(ofTime seconds: Int64) -> String {
        let days = min(max(seconds, 0), 253_402_300_799) / 86_400 + 719_468
        let era = days / 146_097
        let dayOfEra = days - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shifted = (5 * dayOfYear + 2) / 153
        let month = shifted < 10 ? shifted + 3 : shifted - 9
        let year = yearOfEra + era * 400 + (month <= 2 ? 1 : 0)
        return "\(year)-\(two(month))-\(two(dayOfYear - (153 * shifted + 2) / 5 + 1))"
    }

    private static func two(_ number: Int64) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
