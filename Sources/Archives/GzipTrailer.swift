import Glibc

/// The last eight bytes of a gzip file: checksum and size of what it unpacks to (RFC 1952, section 2.3.1).
struct GzipTrailer: Equatable {
    let checksum: UInt32
    /// The size modulo 2^32.
    let size: UInt32

    init(checksum: UInt32, size: Int) {
        self.checksum = checksum
        self.size = UInt32(truncatingIfNeeded: size)
    }

    /// Reads it from a file; `nil` when the file is no gzip.
    init?(path: String) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        let length = lseek(descriptor, 0, SEEK_END)
        guard length >= 18, Self.bytes(2, of: descriptor, at: 0) == [0x1F, 0x8B],
            let tail = Self.bytes(8, of: descriptor, at: length - 8)
        else { return nil }
        let words = tail.map(UInt32.init)
        self.checksum = words[0] | words[1] << 8 | words[2] << 16 | words[3] << 24
        self.size = words[4] | words[5] << 8 | words[6] << 16 | words[7] << 24
    }

    private static func bytes(_ count: Int, of descriptor: CInt, at offset: off_t) -> [UInt8]? {
        var bytes = [UInt8](repeating: 0, count: count)
        return pread(descriptor, &bytes, count, offset) == count ? bytes : nil
    }
}
