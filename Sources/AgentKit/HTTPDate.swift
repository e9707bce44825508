import Glibc

/// The date of an HTTP answer.
enum HTTPDate {
    private static let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]

    /// Unix seconds of `Sun, 06 Nov 1994 08:49:37 GMT`; `nil` for anything else.
    ///
    /// - Source: RFC 9110 section 5.6.7, IMF-fixdate; the two older forms are for recipients of servers of before 1999.
    static func seconds(_ text: String) -> Int64? {
        let fields = text.split(separator: " ")
        guard fields.count == 6, fields[5] == "GMT", let day = number(fields[1], in: 1...31),
            let month = months.firstIndex(of: String(fields[2])), let year = number(fields[3], in: 1970...9999)
        else { return nil }
        let clock = fields[4].split(separator: ":", omittingEmptySubsequences: false)
        guard clock.count == 3, let hour = number(clock[0], in: 0...23), let minute = number(clock[1], in: 0...59),
            let second = number(clock[2], in: 0...60)
        else { return nil }
        var parts = tm()
        (parts.tm_year, parts.tm_mon, parts.tm_mday) = (year - 1900, Int32(month), day)
        (parts.tm_hour, parts.tm_min, parts.tm_sec) = (hour, minute, second)
        return Int64(timegm(&parts))
    }

    private static func number(_ text: Substring, in bounds: ClosedRange<Int32>) -> Int32? {
        guard text.utf8.allSatisfy({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }), let number = Int32(text),
            bounds.contains(number)
        else { return nil }
        return number
    }
}
