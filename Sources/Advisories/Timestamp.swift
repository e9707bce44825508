/// Reads the points in time that feeds write, as Unix seconds.
package enum Timestamp {
    /// Reads `2024-03-01T12:30:00Z`, with fraction, numeric offset, or the date alone (RFC 3339).
    ///
    /// - Returns: Seconds since 1970, fractions cut off; `nil` when the text is no date, or a date before 1970, which
    ///   feeds use as a placeholder (`0001-01-01T00:00:00Z`).
    static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Int64? {
        var reader = DigitReader(bytes: bytes)
        guard let year = reader.number(4, in: 1970...9999), reader.take("-"),
            let month = reader.number(2, in: 1...12), reader.take("-"),
            let day = reader.number(2, in: 1...daysInMonth(month, of: year))
        else { return nil }
        let midnight = days(year: year, month: month, day: day) * 86_400
        if reader.isAtEnd { return midnight }
        guard reader.take("T") || reader.take("t") || reader.take(" "),
            let hour = reader.number(2, in: 0...23), reader.take(":"),
            let minute = reader.number(2, in: 0...59), reader.take(":"),
            let second = reader.number(2, in: 0...60)
        else { return nil }
        guard reader.skipFraction(), let offset = reader.offset(), reader.isAtEnd else { return nil }
        let moment = midnight + hour * 3600 + minute * 60 + second - offset
        return moment >= 0 ? moment : nil
    }

    /// The same for text.
    package static func parse(_ text: some StringProtocol) -> Int64? {
        var text = String(text)
        return text.withUTF8 { parse($0) }
    }

    private static func daysInMonth(_ month: Int64, of year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        default: 31
        }
    }

    /// Days since 1970-01-01 in the Gregorian calendar; the year is taken to start in March, so a leap day comes last.
    ///
    /// - Source: <https://howardhinnant.github.io/date_algorithms.html#days_from_civil>
    private static func days(year: Int64, month: Int64, day: Int64) -> Int64 {
        let year = month <= 2 ? year - 1 : year
        let era = year / 400
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * 146_097 + dayOfEra - 719_468
    }
}

/// Walks over the digits and marks of a date.
private struct DigitReader {
    let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    init(bytes: UnsafeBufferPointer<UInt8>) {
        self.bytes = bytes
    }

    var isAtEnd: Bool { position == bytes.count }

    mutating func take(_ mark: Unicode.Scalar) -> Bool {
        guard position < bytes.count, bytes[position] == UInt8(ascii: mark) else { return false }
        position += 1
        return true
    }

    mutating func number(_ digits: Int, in range: ClosedRange<Int64>) -> Int64? {
        guard position + digits <= bytes.count else { return nil }
        var value: Int64 = 0
        for byte in bytes[position..<position + digits] {
            guard UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte else { return nil }
            value = value * 10 + Int64(byte - UInt8(ascii: "0"))
        }
        position += digits
        return range.contains(value) ? value : nil
    }

    /// Steps over `.123456`; false when the point stands alone.
    mutating func skipFraction() -> Bool {
        guard take(".") else { return true }
        let start = position
        while number(1, in: 0...9) != nil {}
        return position > start
    }

    /// `Z`, or `±hh:mm` in seconds east of Greenwich.
    mutating func offset() -> Int64? {
        if take("Z") || take("z") { return 0 }
        let sign: Int64 = take("+") ? 1 : -1
        guard sign == 1 || take("-") else { return nil }
        guard let hours = number(2, in: 0...23), take(":"), let minutes = number(2, in: 0...59) else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}
