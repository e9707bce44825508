/// Which trace a request belongs to, as the header `traceparent` carries it from one process to the next.
///
///     00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
///
/// - Source: W3C Trace Context, section 3.2, <https://www.w3.org/TR/trace-context/#traceparent-header>
public struct TraceContext: Sendable, Hashable {
    /// The whole trace: 16 bytes, not all 0.
    public let traceID: ID128
    /// The span that this one is part of (in a header received), or this one itself (in a header sent): not 0.
    public let spanID: UInt64
    /// Whether the caller recorded the trace.
    public let isSampled: Bool

    /// A 128-bit identifier.
    public struct ID128: Sendable, Hashable, CustomStringConvertible {
        /// The first 8 bytes, as a big-endian number.
        public let high: UInt64
        /// The last 8 bytes, as a big-endian number.
        public let low: UInt64

        /// 32 lowercase hexadecimal digits.
        public var description: String { hexadecimal(high) + hexadecimal(low) }
    }

    /// The context of the current task; `nil` outside of any trace.
    @TaskLocal public static var current: TraceContext?

    /// Starts a new trace with random identifiers.
    public init(isSampled: Bool = true) {
        traceID = ID128(high: .random(in: 1...(.max)), low: .random(in: .min...(.max)))
        spanID = .random(in: 1...(.max))
        self.isSampled = isSampled
    }

    /// Reads the value of a `traceparent` header; `nil` for what the specification calls invalid.
    ///
    /// Of versions to come it reads the parts that are defined now and ignores the rest, as the specification asks.
    public init?(traceparent: some StringProtocol) {
        let fields = traceparent.utf8.prefix(Self.longest + 1).split(
            separator: UInt8(ascii: "-"), omittingEmptySubsequences: false)
        guard traceparent.utf8.count <= Self.longest, fields.count >= 4,
            let version = number(fields[0], digits: 2), version != 0xFF, version > 0 || fields.count == 4,
            fields[1].count == 32, let high = number(fields[1].prefix(16), digits: 16),
            let low = number(fields[1].suffix(16), digits: 16), high != 0 || low != 0,
            let span = number(fields[2], digits: 16), span != 0, let flags = number(fields[3], digits: 2)
        else { return nil }
        traceID = ID128(high: high, low: low)
        spanID = span
        isSampled = flags & 1 == 1
    }

    private init(traceID: ID128, spanID: UInt64, isSampled: Bool) {
        self.traceID = traceID
        self.spanID = spanID
        self.isSampled = isSampled
    }

    /// A new span of the same trace.
    public func child() -> TraceContext {
        TraceContext(traceID: traceID, spanID: .random(in: 1...(.max)), isSampled: isSampled)
    }

    /// The header's value, version 00, 55 characters.
    public var traceparent: String {
        "00-\(traceID)-\(spanIDText)-\(isSampled ? "01" : "00")"
    }

    /// ``spanID`` in 16 lowercase hexadecimal digits.
    public var spanIDText: String { hexadecimal(spanID) }

    /// Longest value read, in bytes; version 00 has 55.
    private static let longest = 256
}

private func hexadecimal(_ value: UInt64) -> String {
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 16 - digits.count) + digits
}

/// A number of exactly so many lowercase hexadecimal digits, 16 at most. Uppercase is invalid by the specification.
private func number(_ text: some Collection<UInt8>, digits: Int) -> UInt64? {
    guard text.count == digits else { return nil }
    var value: UInt64 = 0
    for byte in text {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): value = value << 4 | UInt64(byte - UInt8(ascii: "0"))
        case UInt8(ascii: "a")...UInt8(ascii: "f"): value = value << 4 | UInt64(byte - UInt8(ascii: "a") + 10)
        default: return nil
        }
    }
    return value
}
