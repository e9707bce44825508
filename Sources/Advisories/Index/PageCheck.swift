/// The check of one page of an index file: XXH64 with the seed 0.
///
/// It tells accidental damage page by page as pages are first read, which a digest of the whole file cannot at the cost of opening. The
/// checks themselves stand in a section whose SHA-256 is in the header.
///
/// - Source: <https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md>
package enum PageCheck {
    private static let prime1: UInt64 = 0x9e37_79b1_85eb_ca87
    private static let prime2: UInt64 = 0xc2b2_ae3d_27d4_eb4f
    private static let prime3: UInt64 = 0x1656_67b1_9e37_79f9
    private static let prime4: UInt64 = 0x85eb_ca77_c2b2_ae63
    private static let prime5: UInt64 = 0x27d4_eb2f_1656_67c5

    /// Computes the check.
    package static func value(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var offset = 0
        var state = prime5
        if bytes.count >= 32 {
            // Four lanes one beside the other, which the processor works on at once; a vector has no multiplication of this width.
            var (first, second, third, fourth) = (prime1 &+ prime2, prime2, UInt64(0), 0 &- prime1)
            while offset &+ 32 <= bytes.count {
                first = round(first, word(bytes, offset))
                second = round(second, word(bytes, offset &+ 8))
                third = round(third, word(bytes, offset &+ 16))
                fourth = round(fourth, word(bytes, offset &+ 24))
                offset &+= 32
            }
            state = rotate(first, 1) &+ rotate(second, 7) &+ rotate(third, 12) &+ rotate(fourth, 18)
            for lane in [first, second, third, fourth] { state = (state ^ round(0, lane)) &* prime1 &+ prime4 }
        }
        return avalanche(tail(bytes, from: offset, state &+ UInt64(bytes.count)))
    }

    private static func tail(_ bytes: UnsafeRawBufferPointer, from start: Int, _ initial: UInt64) -> UInt64 {
        var offset = start
        var state = initial
        while offset &+ 8 <= bytes.count {
            state = rotate(state ^ round(0, word(bytes, offset)), 27) &* prime1 &+ prime4
            offset &+= 8
        }
        if offset &+ 4 <= bytes.count {
            let half = UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self))
            state = rotate(state ^ (UInt64(half) &* prime1), 23) &* prime2 &+ prime3
            offset &+= 4
        }
        while offset < bytes.count {
            state = rotate(state ^ (UInt64(bytes[offset]) &* prime5), 11) &* prime1
            offset &+= 1
        }
        return state
    }

    private static func avalanche(_ value: UInt64) -> UInt64 {
        var state = value
        state = (state ^ (state >> 33)) &* prime2
        state = (state ^ (state >> 29)) &* prime3
        return state ^ (state >> 32)
    }

    @inline(__always)
    private static func round(_ state: UInt64, _ input: UInt64) -> UInt64 {
        rotate(state &+ input &* prime2, 31) &* prime1
    }

    @inline(__always)
    private static func rotate(_ value: UInt64, _ count: UInt64) -> UInt64 {
        value &<< count | value &>> (64 &- count)
    }

    @inline(__always)
    private static func word(_ bytes: UnsafeRawBufferPointer, _ offset: Int) -> UInt64 {
        UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
    }
}
