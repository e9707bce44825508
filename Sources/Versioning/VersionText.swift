/// The bytes of a version while it is read, and the errors about it.
struct VersionText {
    /// Longest version that is read, in bytes. The longest one in the feeds has a little over 100.
    static let maximumLength = 4096

    let bytes: [UInt8]

    init(_ text: String) throws(VersionError) {
        guard text.utf8.count <= VersionText.maximumLength else {
            throw .malformed(
                version: String(text.prefix(200)), offset: VersionText.maximumLength, reason: "is too long")
        }
        bytes = Array(text.utf8)
    }

    /// The bytes without ASCII white space at both ends.
    var trimmed: ArraySlice<UInt8> {
        var slice = bytes[...]
        while let first = slice.first, isSpace(first) { slice.removeFirst() }
        while let last = slice.last, isSpace(last) { slice.removeLast() }
        return slice
    }

    /// The error that something is wrong at a byte.
    func malformed(_ offset: Int, _ reason: String) -> VersionError {
        .malformed(version: String(String(decoding: bytes, as: UTF8.self).prefix(200)), offset: offset, reason: reason)
    }
}

@inline(__always) func isDigit(_ byte: UInt8) -> Bool { byte &- 0x30 < 10 }
@inline(__always) func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
@inline(__always) func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || byte &- 0x09 < 5 }
@inline(__always) func lowercase(_ byte: UInt8) -> UInt8 { byte &- 0x41 < 26 ? byte | 0x20 : byte }

extension ArraySlice<UInt8> {
    /// Removes and returns the digits at the front; empty when there are none.
    mutating func takeDigits() -> ArraySlice<UInt8> { take(while: isDigit) }

    /// Removes and returns the bytes at the front that fulfil a condition.
    mutating func take(while condition: (UInt8) -> Bool) -> ArraySlice<UInt8> {
        let end = firstIndex { !condition($0) } ?? endIndex
        defer { self = self[end...] }
        return self[..<end]
    }

    /// Removes `byte` from the front when it stands there.
    mutating func take(_ byte: UInt8) -> Bool {
        guard first == byte else { return false }
        removeFirst()
        return true
    }

    /// Removes a lowercase word from the front when it stands there in any case.
    mutating func take(word: StaticString) -> Bool {
        let count = word.utf8CodeUnitCount
        guard self.count >= count else { return false }
        let matches = word.withUTF8Buffer { zip(self, $0).allSatisfy { lowercase($0) == $1 } }
        if matches { removeFirst(count) }
        return matches
    }
}
