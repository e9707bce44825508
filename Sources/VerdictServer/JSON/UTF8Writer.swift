import Advisories
import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes JSON text into memory that it keeps between answers.
///
/// A batch's answer has some ten thousand pieces of a few bytes. Each is one bounds check and one copy here; through `JSONEncoder`
/// it is several allocations. Not `Sendable`: it belongs to one ``Workbench``.
///
/// Reports have a writer of their own, which knows where commas belong and hands over pieces. For an answer of 1,000 verdicts that one runs
/// 2.4 times the instructions of this one, and this one over a memory that both share, in a module below, 1.8 times: neither inlining nor
/// the proof of exclusive access reaches across a module's border.
final class UTF8Writer {
    private var base: UnsafeMutablePointer<UInt8>
    private var capacity: Int
    /// Bytes written.
    private(set) var count = 0

    /// Memory above this is given back after an answer, so that one huge one is not paid for ever after.
    private static let keptCapacity = 4 << 20

    init(capacity: Int = 1 << 16) {
        self.capacity = capacity
        base = .allocate(capacity: capacity)
    }

    deinit { base.deallocate() }

    /// Begins a new text.
    func reset() {
        count = 0
        guard capacity > Self.keptCapacity else { return }
        base.deallocate()
        capacity = Self.keptCapacity
        base = .allocate(capacity: capacity)
    }

    /// Forgets everything behind an earlier ``count``.
    func truncate(to earlier: Int) { count = min(count, max(0, earlier)) }

    /// The text as a buffer of its own.
    func buffer(_ allocator: ByteBufferAllocator = ByteBufferAllocator()) -> ByteBuffer {
        var buffer = allocator.buffer(capacity: count)
        buffer.writeBytes(UnsafeRawBufferPointer(start: base, count: count))
        return buffer
    }

    @inline(__always)
    private func reserve(_ more: Int) {
        if capacity - count < more { grow(more) }
    }

    @inline(never)
    private func grow(_ more: Int) {
        let wanted = max(capacity * 2, count + more)
        let larger = UnsafeMutablePointer<UInt8>.allocate(capacity: wanted)
        larger.update(from: base, count: count)
        base.deallocate()
        base = larger
        capacity = wanted
    }

    /// Writes text of this program as it is.
    @inline(__always)
    func raw(_ text: StaticString) {
        let length = text.utf8CodeUnitCount
        reserve(length)
        memcpy(base + count, text.utf8Start, length)
        count += length
    }

    /// Writes bytes that are JSON already.
    func raw(_ bytes: UnsafeRawBufferPointer) {
        guard let start = bytes.baseAddress else { return }
        reserve(bytes.count)
        memcpy(base + count, start, bytes.count)
        count += bytes.count
    }

    @inline(__always)
    private func byte(_ byte: UInt8) {
        reserve(1)
        base[count] = byte
        count += 1
    }

    /// Writes a JSON string of UTF-8 bytes.
    func string(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count + 2)
        base[count] = 0x22
        count += 1
        var plain = 0
        for index in 0..<bytes.count {
            let byte = bytes[index]
            if byte >= 0x20, byte != 0x22, byte != 0x5C { continue }
            raw(UnsafeRawBufferPointer(rebasing: bytes[plain..<index]))
            escape(byte)
            plain = index + 1
        }
        raw(UnsafeRawBufferPointer(rebasing: bytes[plain...]))
        byte(0x22)
    }

    /// Writes a JSON string.
    func string(_ text: String) {
        var text = text
        text.withUTF8 { string(UnsafeRawBufferPointer($0)) }
    }

    private func escape(_ byte: UInt8) {
        switch byte {
        case 0x22: raw("\\\"")
        case 0x5C: raw("\\\\")
        case 0x0A: raw("\\n")
        case 0x0D: raw("\\r")
        case 0x09: raw("\\t")
        default:
            raw("\\u00")
            self.byte(Self.digit(byte >> 4))
            self.byte(Self.digit(byte & 15))
        }
    }

    private static func digit(_ value: UInt8) -> UInt8 { value < 10 ? 0x30 + value : 0x57 + value }

    /// Writes a whole number.
    func integer(_ value: Int64) {
        if value < 0 { byte(0x2D) }
        natural(value.magnitude)
    }

    private func natural(_ value: UInt64) {
        var divisor: UInt64 = 1
        while value / divisor >= 10 { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            byte(0x30 + UInt8(truncatingIfNeeded: rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }

    /// Writes a finite number; what is none becomes `null`.
    func number(_ value: Double) {
        guard value.isFinite else { return raw("null") }
        var text = value.description
        text.withUTF8 { raw(UnsafeRawBufferPointer($0)) }
    }

    /// Writes what stands between two elements, unless it is the first.
    @inline(__always)
    func separator(_ isFirst: inout Bool) {
        if isFirst { isFirst = false } else { byte(0x2C) }
    }

    /// Writes an array of strings.
    func strings(_ texts: [String]) {
        raw("[")
        var isFirst = true
        for text in texts {
            separator(&isFirst)
            string(text)
        }
        raw("]")
    }

    /// Writes a time of Unix seconds as RFC 3339 in UTC, ending in `Z`: `2024-02-29T12:00:00Z`.
    func time(_ seconds: Int64) {
        let moment = CivilTime(seconds)
        byte(0x22)
        digits(moment.year, 4)
        byte(0x2D)
        digits(moment.month, 2)
        byte(0x2D)
        digits(moment.day, 2)
        byte(0x54)
        digits(moment.second / 3600, 2)
        byte(0x3A)
        digits(moment.second / 60 % 60, 2)
        byte(0x3A)
        digits(moment.second % 60, 2)
        raw("Z\"")
    }

    private func digits(_ value: Int, _ width: Int) {
        var divisor = 1
        for _ in 1..<width { divisor *= 10 }
        while divisor > 0 {
            byte(0x30 + UInt8(truncatingIfNeeded: value / divisor % 10))
            divisor /= 10
        }
    }
}
