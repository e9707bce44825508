/// A place in which version keys are written, one after the other, without allocating for each.
///
/// Holds one key at a time: ``VersionOrdering/writeKey(of:reading:into:)`` replaces it. Grows to the longest key it ever held
/// and stays there, so a loop over a million versions allocates a handful of times.
///
/// Numbers begin with a byte of at least ``KeyBuffer/firstNumberByte``, so the four bytes below may end or interrupt a list
/// of numbers and sort before every number.
public struct KeyBuffer: ~Copyable, @unchecked Sendable {
    // Sendable: the storage belongs to this value alone and moves with it; there are no copies.
    private var storage: UnsafeMutablePointer<UInt8>
    private var capacity: Int

    /// How many bytes the key has; 0 before the first key and after an error.
    public private(set) var count = 0

    /// An empty buffer with room for ordinary keys.
    public init() {
        capacity = 256
        storage = .allocate(capacity: capacity)
    }

    deinit { storage.deallocate() }

    /// The key's bytes. Valid until the next write into this buffer or its end of life, whichever comes first.
    public var bytes: UnsafeBufferPointer<UInt8> { UnsafeBufferPointer(start: storage, count: count) }

    /// The key as a value of its own.
    public var key: VersionKey { VersionKey(bytes: Array(bytes)) }

    @inline(never) private mutating func grow(by more: Int) {
        let wanted = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        larger.update(from: storage, count: count)
        storage.deallocate()
        (storage, capacity) = (larger, wanted)
    }
}

extension KeyBuffer {
    /// Smallest byte with which a number begins.
    static let firstNumberByte: UInt8 = 4
    /// Largest value that takes one byte.
    private static let largestSmall = 190
    /// First bytes of numbers of 3, 4, 5, … digits that are too large for one byte.
    private static let longBase = 195
    private static let longestShort = 62

    /// Shortens the key to its first bytes.
    mutating func truncate(to length: Int) { count = min(count, length) }

    @inline(__always) mutating func append(_ byte: UInt8) {
        if count == capacity { grow(by: 1) }
        storage[count] = byte
        count &+= 1
    }

    mutating func append(_ text: VersionBytes) {
        let length = text.count
        if capacity &- count < length { grow(by: length) }
        for offset in 0..<length { storage[count &+ offset] = text.whole[text.start &+ offset] }
        count &+= length
    }

    /// Appends a text with its ASCII letters in lower case.
    mutating func append(lowercased text: VersionBytes) {
        for place in text.start..<text.end { append(lowercase(text.whole[place])) }
    }

    /// Appends a decimal number of any length; leading zeros mean nothing, no digits mean 0.
    ///
    /// Up to 190 it is the one byte value + 4. Above, it is a byte for the count of digits (195 for 3, … 254 for 62; 255
    /// and the count in a run of 255s for more) and the digits, two in a byte. More digits thus sort behind fewer.
    @inline(__always) mutating func append(number digits: VersionBytes) {
        var place = digits.start
        while place < digits.end, digits.whole[place] == 0x30 { place &+= 1 }
        if digits.end &- place <= 3 {
            var value = 0
            for place in place..<digits.end { value = value &* 10 &+ Int(digits.whole[place] &- 0x30) }
            if value <= KeyBuffer.largestSmall { return append(UInt8(value) &+ KeyBuffer.firstNumberByte) }
        }
        appendLong(digits.from(place))
    }

    /// Appends the number 0, as ``append(number:)`` does.
    mutating func appendZero() { append(KeyBuffer.firstNumberByte) }

    private mutating func appendLong(_ digits: VersionBytes) {
        appendLength(digits.count)
        var place = digits.start
        if digits.count % 2 == 1 {
            append(digits.whole[place] &- 0x30)
            place += 1
        }
        while place < digits.end {
            append((digits.whole[place] &- 0x30) &* 10 &+ (digits.whole[place + 1] &- 0x30))
            place += 2
        }
    }

    private mutating func appendLength(_ count: Int) {
        guard count > KeyBuffer.longestShort else { return append(UInt8(KeyBuffer.longBase + count - 3)) }
        append(0xff)
        var rest = count
        while rest >= 255 {
            append(0xff)
            rest -= 255
        }
        append(UInt8(rest))
    }
}
