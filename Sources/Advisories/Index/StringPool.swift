#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Every text of an index under construction, once, as bytes in one array and a number for each.
///
/// Half a million short `String`s would cost more in headers than in letters.
///
/// Texts of an earlier build may come first, which stay in the file that they were read from.
///
/// `@unchecked Sendable`: the file's bytes are a read-only mapping, which `origin` keeps.
struct StringPool: @unchecked Sendable {
    /// The first texts, one after the other; empty in a pool that began without.
    private var mapped = UnsafeRawBufferPointer(start: nil, count: 0)
    /// All others.
    private var bytes: [UInt8] = []
    /// Where each text ends, counted from the first; text `n` begins where `n - 1` ends.
    private var ends: [Int] = []
    /// Open addressing: the number of a text plus one, or 0.
    /// Empty in a pool that was read back, until something is looked up: most of those are taken over by another at once.
    private var table: [UInt32] = Array(repeating: 0, count: 1 << 12)

    /// The file of the first texts.
    private var origin: FileMapping?

    /// Starts empty.
    init() {}

    /// Takes over distinct texts; `nil` when the lengths are not those of the bytes.
    init?(lengths: [UInt32], bytes: [UInt8]) {
        var end = 0
        ends = lengths.map { length in
            end += Int(length)
            return end
        }
        guard end == bytes.count else { return nil }
        self.bytes = bytes
        table = []
    }

    /// Begins with the texts of a file and the table in which they are looked up; `nil` when the lengths are not those of the bytes, or a look-up could
    /// go astray.
    ///
    /// - Parameter texts: Bytes of the file.
    init?(lengths: [UInt32], texts: UnsafeRawBufferPointer, of file: FileMapping, table: [UInt32]) {
        var end = 0
        ends = lengths.map { length in
            end += Int(length)
            return end
        }
        let (count, size) = (UInt32(lengths.count), table.count)
        guard end == texts.count, size > 0, size & (size - 1) == 0, size >= lengths.count * 2,
            table.allSatisfy({ $0 <= count }), table.reduce(0, { $0 + ($1 == 0 ? 0 : 1) }) == lengths.count
        else { return nil }
        mapped = texts
        origin = file
        self.table = table
    }

    /// Whether another pool began with the same texts, and neither has got others since.
    func isSame(as other: StringPool) -> Bool {
        origin != nil && origin === other.origin && bytes.isEmpty && other.bytes.isEmpty && count == other.count
    }

    /// The numbers that another pool's texts have here, new or known.
    mutating func numbers(of other: StringPool) -> [UInt32] {
        // Every text that comes in is looked up.
        reserve(other.count)
        return (0..<UInt32(other.count)).map { number in other.withBytes(number) { intern($0) } }
    }

    /// How many texts there are; numbers run from 0.
    var count: Int { ends.count }

    /// The lengths of all texts.
    var lengths: [UInt32] {
        var start = 0
        return ends.map { end in
            defer { start = end }
            return UInt32(end - start)
        }
    }

    /// Appends the length and the bytes of all texts, as one column.
    func append(to body: inout SectionBytes) {
        body.append(UInt64(mapped.count + bytes.count))
        body.append(bytes: mapped)
        body.append(bytes: bytes)
    }

    /// The table in which texts are looked up, as ``init(lengths:bytes:table:)`` takes it.
    var searchable: [UInt32] {
        var pool = self
        pool.reserve(0)
        return pool.table
    }

    /// The number of a text, new or known.
    mutating func intern(_ text: String) -> UInt32 {
        var text = text
        return text.withUTF8 { intern(UnsafeRawBufferPointer($0)) }
    }

    /// The number of a text given as UTF-8, new or known.
    mutating func intern(_ text: UnsafeRawBufferPointer) -> UInt32 {
        if table.isEmpty { reserve(1) }
        var slot = Self.hash(text) & (table.count - 1)
        while table[slot] != 0 {
            let candidate = table[slot] - 1
            if equals(candidate, text) { return candidate }
            slot = (slot + 1) & (table.count - 1)
        }
        let number = UInt32(ends.count)
        bytes.append(contentsOf: text)
        ends.append(mapped.count + bytes.count)
        table[slot] = number + 1
        if ends.count * 2 > table.count { grow(to: table.count * 2) }
        return number
    }

    /// Lends the bytes of a text.
    func withBytes<Result>(_ number: UInt32, _ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        let start = number == 0 ? 0 : ends[Int(number) - 1]
        let end = ends[Int(number)]
        if end <= mapped.count { return body(UnsafeRawBufferPointer(rebasing: mapped[start..<end])) }
        return bytes.withUnsafeBytes {
            body(UnsafeRawBufferPointer(rebasing: $0[start - mapped.count..<end - mapped.count]))
        }
    }

    /// The texts lent for the length of a call.
    struct View {
        fileprivate let mapped: UnsafeRawBufferPointer
        fileprivate let bytes: UnsafeRawBufferPointer
        fileprivate let ends: UnsafeBufferPointer<Int>

        /// The bytes of a text.
        @inline(__always)
        subscript(number: UInt32) -> UnsafeRawBufferPointer {
            let start = number == 0 ? 0 : ends[Int(number) - 1]
            let end = ends[Int(number)]
            if end <= mapped.count { return UnsafeRawBufferPointer(rebasing: mapped[start..<end]) }
            return UnsafeRawBufferPointer(rebasing: bytes[start - mapped.count..<end - mapped.count])
        }
    }

    /// Lends all texts.
    func withView<Result>(_ body: (View) -> Result) -> Result {
        bytes.withUnsafeBytes { bytes in
            ends.withUnsafeBufferPointer { body(View(mapped: mapped, bytes: bytes, ends: $0)) }
        }
    }

    /// The text as a `String`.
    func string(_ number: UInt32) -> String {
        withBytes(number) { String(decoding: $0, as: UTF8.self) }
    }

    /// The number of a text that is known; `nil` for others.
    func number(of text: String) -> UInt32? {
        var text = text
        return text.withUTF8 { number(of: UnsafeRawBufferPointer($0)) }
    }

    /// The number of a text that is known, given as UTF-8; `nil` for others.
    func number(of text: UnsafeRawBufferPointer) -> UInt32? {
        guard !table.isEmpty else { return (0..<UInt32(count)).first { equals($0, text) } }
        var slot = Self.hash(text) & (table.count - 1)
        while table[slot] != 0 {
            if equals(table[slot] - 1, text) { return table[slot] - 1 }
            slot = (slot + 1) & (table.count - 1)
        }
        return nil
    }

    /// Whether a text begins with another.
    func hasPrefix(_ number: UInt32, _ prefix: StaticString) -> Bool {
        withBytes(number) {
            $0.prefix(prefix.utf8CodeUnitCount)
                .elementsEqual(UnsafeBufferPointer(start: prefix.utf8Start, count: prefix.utf8CodeUnitCount))
        }
    }

    /// Whether a text holds another.
    func contains(_ number: UInt32, _ part: [UInt8]) -> Bool {
        withBytes(number) { $0.containsRun(part) }
    }

    /// Whether the text has no bytes.
    func isEmpty(_ number: UInt32) -> Bool {
        withBytes(number) { $0.isEmpty }
    }

    /// Orders two texts by their bytes, the shorter first when one begins the other.
    func precedes(_ lhs: UInt32, _ rhs: UInt32) -> Bool {
        lhs != rhs && compare(lhs, rhs) < 0
    }

    /// Orders two texts by their bytes: negative, 0 or positive.
    func compare(_ lhs: UInt32, _ rhs: UInt32) -> Int {
        withBytes(lhs) { left in
            withBytes(rhs) { right in
                left.order(to: right)
            }
        }
    }

    private func equals(_ number: UInt32, _ text: UnsafeRawBufferPointer) -> Bool {
        withBytes(number) { known in
            guard known.count == text.count else { return false }
            guard let left = known.baseAddress, let right = text.baseAddress else { return known.isEmpty }
            return memcmp(left, right, known.count) == 0
        }
    }

    /// Makes room to look up this many more texts, so that the table is not made anew again and again.
    mutating func reserve(_ more: Int) {
        var size = max(table.count, 1 << 12)
        while size < (ends.count + more) * 2 { size *= 2 }
        if size > table.count { grow(to: size) }
    }

    private mutating func grow(to size: Int) {
        var larger = [UInt32](repeating: 0, count: size)
        for number in 0..<UInt32(ends.count) {
            var slot = withBytes(number, Self.hash) & (larger.count - 1)
            while larger[slot] != 0 { slot = (slot + 1) & (larger.count - 1) }
            larger[slot] = number + 1
        }
        table = larger
    }

    /// FNV-1a over eight bytes at a time, as texts may be kilobytes long.
    private static func hash(_ text: UnsafeRawBufferPointer) -> Int {
        var state: UInt64 = 0xcbf2_9ce4_8422_2325 ^ UInt64(text.count)
        var offset = 0
        while offset + 8 <= text.count {
            state = (state ^ text.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
            state ^= state >> 29
            offset += 8
        }
        while offset < text.count {
            state = (state ^ UInt64(text[offset])) &* 0x0000_0100_0000_01b3
            offset += 1
        }
        state = (state ^ (state >> 32)) &* 0xff51_afd7_ed55_8ccd
        return Int(truncatingIfNeeded: (state ^ (state >> 33)) & 0x7fff_ffff_ffff_ffff)
    }
}

extension UnsafeRawBufferPointer {
    /// Orders by bytes, the shorter first when one begins the other: negative, 0 or positive.
    @inline(__always)
    package func order(to other: UnsafeRawBufferPointer) -> Int {
        let common = Swift.min(count, other.count)
        if common > 0, let left = baseAddress, let right = other.baseAddress {
            let order = memcmp(left, right, common)
            if order != 0 { return Int(order) }
        }
        return count - other.count
    }

    /// Whether the bytes hold others, one behind the other.
    package func containsRun(_ part: [UInt8]) -> Bool {
        guard count >= part.count, let first = part.first else { return part.isEmpty }
        for start in 0...(count - part.count) where self[start] == first {
            if UnsafeRawBufferPointer(rebasing: self[start..<start + part.count]).elementsEqual(part) { return true }
        }
        return false
    }
}
