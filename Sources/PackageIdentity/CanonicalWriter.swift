/// Builds the canonical text of a package URL component by component.
struct CanonicalWriter {
    private(set) var bytes: [UInt8] = []
    var layout = PackageURL.Layout()

    init(capacity: Int) {
        bytes.reserveCapacity(capacity + 8)
        bytes.append(contentsOf: [0x70, 0x6b, 0x67, 0x3a])  // pkg:
    }

    var count: Int { bytes.count }

    mutating func append(_ byte: UInt8) { bytes.append(byte) }

    mutating func removeLast(_ count: Int) { bytes.removeLast(count) }

    mutating func removeSubrange(_ range: Range<Int>) { bytes.removeSubrange(range) }

    /// Appends part of a text as one component or segment, in canonical coding.
    ///
    /// - Parameters:
    ///   - text: Bytes as they came.
    ///   - range: The part of it to append.
    ///   - escaped: Whether `%XX` in it stands for a byte (parsed text) or for itself (given components).
    ///   - folding: The changes the type asks for.
    ///   - segment: Whether a slash may not come out of it.
    mutating func append(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, escaped: Bool, folding: PackageURLRules.Folding = [],
        segment: Bool = false, of component: PackageURLError.Component
    ) throws(PackageURLError) {
        var utf8 = UTF8Checker()
        var index = appendPlain(text, range, folding)
        while index < range.upperBound {
            var byte = text[index]
            var next = index + 1
            if byte == PercentCoding.percent, escaped {
                guard index + 2 < range.upperBound, let high = PercentCoding.hexValue(text[index + 1]),
                    let low = PercentCoding.hexValue(text[index + 2])
                else { throw PackageURLError(component, at: index, .brokenEscape) }
                byte = high << 4 | low
                next = index + 3
            }
            guard utf8.accept(byte) else { throw PackageURLError(component, at: index, .notUTF8) }
            // Control characters would break the line-based form of inventories and the text columns of databases.
            if byte < 0x20 || byte == 0x7f { throw PackageURLError(component, at: index, .invalidCharacter) }
            if segment, byte == UInt8(ascii: "/") { throw PackageURLError(component, at: index, .encodedSlash) }
            if !folding.isEmpty { byte = fold(byte, folding) }
            if PercentCoding.isPlain(byte) { bytes.append(byte) } else { PercentCoding.appendEscape(byte, to: &bytes) }
            index = next
        }
        guard utf8.isComplete else { throw PackageURLError(component, at: range.upperBound, .notUTF8) }
        guard bytes.count <= PackageURL.maximumLength else {
            throw PackageURLError(component, at: range.lowerBound, .tooLong)
        }
    }

    /// Appends the bytes up to the first that does not stand for itself, in one piece: mostly that is all of them.
    ///
    /// - Returns: The place of that byte, or the range's end.
    @inline(__always)
    private mutating func appendPlain(
        _ text: borrowing Span<UInt8>, _ range: Range<Int>, _ folding: PackageURLRules.Folding
    ) -> Int {
        var index = range.lowerBound
        while index < range.upperBound {
            let byte = text[index]
            guard PercentCoding.isPlain(byte), folding.isEmpty || fold(byte, folding) == byte else { break }
            index += 1
        }
        text.extracting(range.lowerBound..<index).withUnsafeBufferPointer { bytes.append(contentsOf: $0) }
        return index
    }

    @inline(__always)
    private func fold(_ byte: UInt8, _ folding: PackageURLRules.Folding) -> UInt8 {
        if byte >= 0x41, byte <= 0x5a { return folding.contains(.lowercase) ? byte | 0x20 : byte }
        if folding.contains(.uppercase), byte >= 0x61, byte <= 0x7a { return byte & 0xdf }
        if folding.contains(.dashes), byte == UInt8(ascii: "_") { return UInt8(ascii: "-") }
        if folding.contains(.underscores), byte < 0x80, !(0x61...0x7a).contains(byte), !(0x30...0x39).contains(byte) {
            return UInt8(ascii: "_")
        }
        return byte
    }

    /// The value the bytes stand for.
    consuming func finish() -> PackageURL {
        PackageURL(text: String(decoding: bytes, as: UTF8.self), layout: layout)
    }
}

/// Checks bytes for being UTF-8, one at a time, as Unicode 16 table 3-7 has it (no surrogates, no overlong forms).
struct UTF8Checker {
    private var remaining: UInt8 = 0
    private var lower: UInt8 = 0x80
    private var upper: UInt8 = 0xbf

    /// Whether no sequence is open.
    var isComplete: Bool { remaining == 0 }

    /// Takes one byte; `false` when it cannot stand there.
    @inline(__always)
    mutating func accept(_ byte: UInt8) -> Bool {
        if byte < 0x80 { return remaining == 0 }
        return acceptMultibyte(byte)
    }

    private mutating func acceptMultibyte(_ byte: UInt8) -> Bool {
        if remaining > 0 {
            guard byte >= lower, byte <= upper else { return false }
            (remaining, lower, upper) = (remaining - 1, 0x80, 0xbf)
            return true
        }
        switch byte {
        case 0xc2...0xdf: (remaining, lower, upper) = (1, 0x80, 0xbf)
        case 0xe0: (remaining, lower, upper) = (2, 0xa0, 0xbf)
        case 0xed: (remaining, lower, upper) = (2, 0x80, 0x9f)
        case 0xe1...0xef: (remaining, lower, upper) = (2, 0x80, 0xbf)
        case 0xf0: (remaining, lower, upper) = (3, 0x90, 0xbf)
        case 0xf1...0xf3: (remaining, lower, upper) = (3, 0x80, 0xbf)
        case 0xf4: (remaining, lower, upper) = (3, 0x80, 0x8f)
        default: return false
        }
        return true
    }
}
