import PackageIdentity
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Package URLs that were read before, found again by the bytes of their canonical text.
///
/// Hosts of a fleet have mostly the same packages, and comparing a line with one that was read before takes a seventh of the time of reading it.
/// Nothing rests on what is in here: a line that is not found, byte by byte, is read. The places are as many as a distribution has packages, of
/// about 150 bytes each; of two packages that fall on one place the later stays.
public final class KnownPackages: Sendable {
    /// A power of two.
    private static let capacity = 1 << 16
    private static let longest = 512

    private let places = Mutex([PackageURL?](repeating: nil, count: capacity))

    /// Nothing is known yet.
    public init() {}

    /// Lends the places to one reader at a time; others get none and read each line, so that nobody waits.
    func take() -> Places {
        places.withLock { known in
            defer { known = [] }
            return Places(known: known)
        }
    }

    /// Gives the places back. None are no loss.
    func give(_ places: consuming Places) {
        guard !places.known.isEmpty else { return }
        let known = places.known
        self.places.withLock { $0 = known }
    }

    /// What a reader works with.
    struct Places {
        fileprivate var known: [PackageURL?] = []

        /// The package of a line, when it was read before.
        func find(_ line: PackageLines.Line) -> PackageURL? {
            line.bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> PackageURL? in self.find(bytes) }
        }

        private func find(_ line: UnsafeRawBufferPointer) -> PackageURL? {
            guard !known.isEmpty, line.count <= KnownPackages.longest, let package = known[place(of: line)] else {
                return nil
            }
            let isSame = package.withCanonicalBytes { text in
                guard text.count == line.count, let first = text.baseAddress, let second = line.baseAddress else {
                    return false
                }
                return memcmp(first, second, text.count) == 0
            }
            return isSame ? package : nil
        }

        /// Keeps a package whose canonical text is the line.
        mutating func keep(_ package: PackageURL, _ line: PackageLines.Line) {
            guard !known.isEmpty, line.bytes.count <= KnownPackages.longest else { return }
            let number = line.bytes.withUnsafeBytes { (bytes: UnsafeRawBufferPointer) -> Int in place(of: bytes) }
            known[number] = package
        }

        /// Eight bytes at a time; whoever makes two lines fall on one place gains nothing but that one of them is read again.
        private func place(of line: UnsafeRawBufferPointer) -> Int {
            var sum: UInt64 = UInt64(truncatingIfNeeded: line.count)
            var offset = 0
            while offset + 8 <= line.count {
                sum = (sum ^ line.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
                sum ^= sum >> 29
                offset += 8
            }
            while offset < line.count {
                sum = (sum ^ UInt64(line[offset])) &* 0x9E37_79B9_7F4A_7C15
                offset += 1
            }
            return Int(truncatingIfNeeded: (sum ^ sum >> 32) & UInt64(KnownPackages.capacity - 1))
        }
    }
}
