import Advisories

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
    public static func text(ofTime seconds: Int64) -> String {
        let time = CivilTime(max(seconds, 0))
        return "\(date(time))T\(two(time.second / 3600)):\(two(time.second / 60 % 60)):\(two(time.second % 60))Z"
    }

    /// `2026-11-22` for Unix seconds, in the same bounds.
    public static func date(ofTime seconds: Int64) -> String { date(CivilTime(max(seconds, 0))) }

    private static func date(_ time: CivilTime) -> String { "\(time.year)-\(two(time.month))-\(two(time.day))" }

    private static func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
}
