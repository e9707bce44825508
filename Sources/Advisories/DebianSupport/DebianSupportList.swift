/// One list of debian-security-support: which release it speaks of, and how its lines are read.
struct DebianSupportList {
    let fileName: String
    /// `12`.
    let release: String
    /// Whether support has ended for what it lists; otherwise it is limited.
    let isEnded: Bool
    /// Whether the name says the release.
    let statesRelease: Bool

    /// - Parameter release: The release to assume when the name has none; `nil` to refuse such names.
    init?(fileName: String, release: String?) {
        let (ended, limited) = ("security-support-ended", "security-support-limited")
        isEnded = fileName.hasPrefix(ended)
        guard isEnded || fileName.hasPrefix(limited) else { return nil }
        let ending = fileName.dropFirst(isEnded ? ended.count : limited.count)
        let digits = ending.hasPrefix(".deb") ? ending.dropFirst(4) : ""
        statesRelease = !ending.isEmpty
        guard let number = statesRelease ? String(digits) : release, (1...3).contains(number.utf8.count),
            number.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.fileName = fileName
        self.release = number
    }

    /// What a line says; `nil` for comments and empty lines.
    func note(_ line: LineSplitter.Line) throws(RecordFault) -> SupportNote? {
        guard case .whole(let bytes) = line else { throw RecordFault("the line", "is too long") }
        var words = Words(text: String(decoding: bytes, as: UTF8.self))
        guard let name = words.next(), !name.hasPrefix("#") else { return nil }
        let scope = "Debian:\(release)"
        let normalised = PackageNames.normalised(name, scope: scope)
        guard isEnded else {
            return SupportNote(scope: scope, name: normalised, isEnded: false, text: words.rest)
        }
        guard let version = words.next() else { throw RecordFault("the last supported version", "is missing") }
        guard let date = words.next() else { throw RecordFault("the date", "is missing") }
        guard date.utf8.count == 10, Timestamp.parse(date) != nil else { throw RecordFault("the date", "is none") }
        // Version 0 stands for "no version was ever supported".
        return SupportNote(
            scope: scope, name: normalised, isEnded: true, lastSupportedVersion: version == "0" ? nil : version,
            endDate: date, text: words.rest)
    }
}

/// Takes words off the front of a line.
private struct Words {
    private var remaining: Substring.UTF8View

    init(text: String) {
        remaining = Substring(text).utf8
        skip()
    }

    mutating func next() -> String? {
        let word = remaining.prefix { $0 > 0x20 }
        guard !word.isEmpty else { return nil }
        remaining = remaining.dropFirst(word.count)
        skip()
        return String(Substring(word))
    }

    /// What is left, at most 1 KiB, without white space at the end.
    var rest: String {
        var text = remaining.prefix(1024)
        while let last = text.last, last <= 0x20 { text = text.dropLast() }
        return String(decoding: Array(text), as: UTF8.self)
    }

    private mutating func skip() {
        remaining = remaining.drop { $0 <= 0x20 }
    }
}
