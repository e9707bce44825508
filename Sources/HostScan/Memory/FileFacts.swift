import Glibc

/// What cannot stay the same when a file or folder is changed, replaced or moved away.
///
/// The change time is the kernel's: no program sets it, so that what restores the others shows in it. It takes a clock that was put back, or
/// writing to the disk past the file system, to change a file and have the same facts again.
struct FileFacts: Equatable {
    private var number: UInt64 = 0
    private var device: UInt64 = 0
    private var size: Int64 = 0
    private var modified: Int64 = 0
    private var changed: Int64 = 0

    /// Of nothing: equal to no file's.
    static let none = FileFacts()

    /// Seconds that must lie between a change and the moment of looking at it. Time stamps are as coarse as two seconds on some file systems: what
    /// changes again within one has the same.
    static let settling = Int64(3)

    /// Bytes that ``append(to:)`` takes.
    static let encodedSize = 40

    private init() {}

    init(_ facts: stat) {
        number = UInt64(truncatingIfNeeded: facts.st_ino)
        device = UInt64(truncatingIfNeeded: facts.st_dev)
        size = Int64(facts.st_size)
        modified = Self.nanoseconds(facts.st_mtim)
        changed = Self.nanoseconds(facts.st_ctim)
    }

    /// Of an open file or folder.
    init?(descriptor: Int32) {
        var facts = stat()
        guard fstat(descriptor, &facts) == 0 else { return nil }
        self.init(facts)
    }

    private static func nanoseconds(_ time: timespec) -> Int64 {
        Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec)
    }

    /// These facts if nothing can change under them any more, else ``none``.
    ///
    /// - Parameter now: Seconds since 1970 when they were taken.
    func settled(now: Int64) -> FileFacts {
        let edge = (now - Self.settling) &* 1_000_000_000
        return changed < edge && modified < edge ? self : .none
    }

    /// Whether it was changed less than an hour before.
    func isYoung(now: Int64) -> Bool { changed > (now - 3_600) &* 1_000_000_000 }

    /// Whether it is the same file, changed or not.
    func isSameFile(as other: FileFacts) -> Bool { number == other.number && device == other.device }

    func append(to bytes: inout [UInt8]) {
        for value in [
            number, device, UInt64(bitPattern: size), UInt64(bitPattern: modified), UInt64(bitPattern: changed),
        ] {
            withUnsafeBytes(of: value.littleEndian) { bytes.append(contentsOf: $0) }
        }
    }

    /// - Parameter bytes: At least ``encodedSize``.
    init(_ bytes: UnsafeRawBufferPointer) {
        func word(_ index: Int) -> UInt64 {
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
        }
        (number, device) = (word(0), word(1))
        (size, modified, changed) = (
            Int64(bitPattern: word(2)), Int64(bitPattern: word(3)), Int64(bitPattern: word(4))
        )
    }
}
