/// Reads the two kinds of lines that frame a changelog entry.
enum ChangelogLine {
    /// `openssl (3.0.9-1) bookworm-security; urgency=medium`; `nil` for any other line.
    static func title(_ line: Substring) -> DebianChangelog.Entry? {
        guard let first = line.utf8.first, isNameByte(first), let space = line.firstIndex(of: " ") else { return nil }
        let name = line[..<space]
        let rest = line[space...].drop { $0 == " " }
        guard name.utf8.allSatisfy(isNameByte), rest.first == "(", let close = rest.firstIndex(of: ")") else {
            return nil
        }
        let version = rest[rest.index(after: rest.startIndex)..<close]
        // The distributions end with a semicolon, which tells a title from a sentence that starts the same way.
        guard !version.isEmpty, rest[close...].contains(";") else { return nil }
        return DebianChangelog.Entry(source: String(name), version: String(version))
    }

    /// ` -- A Person <mail@example.org>  Tue, 30 May 2023 18:12:36 +0200` in Unix seconds; `nil` when it has no such date.
    static func date(ofTrailer line: Substring) -> Int64? {
        let words = line.split(separator: " ")
        guard words.count >= 5, let month = months[String(words[words.count - 4])] else { return nil }
        let (day, year) = (words[words.count - 5], words[words.count - 3])
        let (time, zone) = (words[words.count - 2], words[words.count - 1].filter { $0 != "\r" })
        guard zone.utf8.count == 5 else { return nil }
        // Brought to the form of RFC 3339, whose reader checks every number.
        let paddedDay = day.utf8.count == 1 ? "0\(day)" : String(day)
        return Timestamp.parse("\(year)-\(month)-\(paddedDay)T\(time)\(zone.prefix(3)):\(zone.suffix(2))")
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"): true
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."): true
        default: false
        }
    }

    private static let months = [
        "Jan": "01", "Feb": "02", "Mar": "03", "Apr": "04", "May": "05", "Jun": "06", "Jul": "07", "Aug": "08",
        "Sep": "09", "Oct": "10", "Nov": "11", "Dec": "12",
    ]
}
