/// A stretch of the bytes of a version, taken from the front while it is read.
///
/// Places count from the front of the whole version, so they serve as offsets in errors.
struct VersionBytes {
    /// Longest version that is read, in bytes. The longest one in the feeds has a little over 100.
    static let maximumLength = 4096

    let whole: UnsafeBufferPointer<UInt8>
    private(set) var start: Int
    private(set) var end: Int

    /// The bytes of a version without ASCII white space at both ends.
    init(_ whole: UnsafeBufferPointer<UInt8>) throws(VersionFault) {
        guard whole.count <= VersionBytes.maximumLength else {
            throw VersionFault(VersionBytes.maximumLength, "is too long")
        }
        self.whole = whole
        start = 0
        end = whole.count
        while start < end, isSpace(whole[start]) { start += 1 }
        while start < end, isSpace(whole[end - 1]) { end -= 1 }
    }

    private init(_ whole: UnsafeBufferPointer<UInt8>, _ start: Int, _ end: Int) {
        self.whole = whole
        self.start = start
        self.end = end
    }

    @inline(__always) var isEmpty: Bool { start >= end }
    @inline(__always) var count: Int { end &- start }

    /// The byte at the front, or 0 at the end; no ordering gives a 0 byte a meaning.
    @inline(__always) var first: UInt8 { start < end ? whole[start] : 0 }
    /// The byte behind ``first``, or 0.
    @inline(__always) var second: UInt8 { start &+ 1 < end ? whole[start &+ 1] : 0 }
    /// The last byte, or 0 when there is none.
    var last: UInt8 { start < end ? whole[end - 1] : 0 }

    /// What begins at a place inside.
    @inline(__always) func from(_ place: Int) -> VersionBytes { VersionBytes(whole, place, end) }
    /// What ends before a place inside.
    @inline(__always) func upTo(_ place: Int) -> VersionBytes { VersionBytes(whole, start, place) }
    /// Nothing, where this begins.
    var none: VersionBytes { VersionBytes(whole, start, start) }

    /// Whether every byte is a zero digit; so it is when there is none.
    var isZero: Bool { allSatisfy { $0 == 0x30 } }
    /// Whether every byte is a digit.
    var isNumber: Bool { allSatisfy(isDigit) }
    /// Whether there are several digits and the first is a zero.
    @inline(__always) var hasLeadingZero: Bool { count > 1 && first == 0x30 }

    @inline(__always) func allSatisfy(_ condition: (UInt8) -> Bool) -> Bool {
        for place in start..<end where !condition(whole[place]) { return false }
        return true
    }

    @inline(__always) func firstPlace(where condition: (UInt8) -> Bool) -> Int? {
        for place in start..<end where condition(whole[place]) { return place }
        return nil
    }

    @inline(__always) func firstPlace(of byte: UInt8) -> Int? { firstPlace { $0 == byte } }

    @inline(__always) func lastPlace(of byte: UInt8) -> Int? {
        var place = end
        while place > start {
            place &-= 1
            if whole[place] == byte { return place }
        }
        return nil
    }

    /// Whether this is a lowercase word, in any case.
    func isWord(_ word: StaticString) -> Bool { count == word.utf8CodeUnitCount && hasPrefix(word) }

    /// Whether a lowercase word stands at the front, in any case.
    @inline(__always) func hasPrefix(_ word: StaticString) -> Bool {
        let length = word.utf8CodeUnitCount
        guard count >= length else { return false }
        for offset in 0..<length where lowercase(whole[start &+ offset]) != word.utf8Start[offset] { return false }
        return true
    }
}

extension VersionBytes {
    /// Drops bytes at the front; there must be as many.
    @inline(__always) mutating func removeFirst(_ count: Int = 1) { start &+= count }

    /// Drops bytes at the end; there must be as many.
    mutating func removeLast(_ count: Int = 1) { end &-= count }

    /// Removes and returns the digits at the front; empty when there are none.
    @inline(__always) mutating func takeDigits() -> VersionBytes { take(while: isDigit) }

    /// Removes and returns the bytes at the front that fulfil a condition.
    @inline(__always) mutating func take(while condition: (UInt8) -> Bool) -> VersionBytes {
        var place = start
        while place < end, condition(whole[place]) { place &+= 1 }
        defer { start = place }
        return VersionBytes(whole, start, place)
    }

    /// Removes and returns what stands before a separator, or all; the separator goes too.
    mutating func takePart(before separator: UInt8) -> VersionBytes {
        let part = take { $0 != separator }
        _ = take(separator)
        return part
    }

    /// Removes `byte` from the front when it stands there.
    @inline(__always) mutating func take(_ byte: UInt8) -> Bool {
        guard start < end, whole[start] == byte else { return false }
        start &+= 1
        return true
    }

    /// Removes a lowercase word from the front when it stands there in any case.
    @inline(__always) mutating func take(word: StaticString) -> Bool {
        guard hasPrefix(word) else { return false }
        start &+= word.utf8CodeUnitCount
        return true
    }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
@inline(__always) func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
@inline(__always) func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
@inline(__always) func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }
