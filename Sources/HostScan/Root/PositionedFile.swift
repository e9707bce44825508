import BoundedInput
import Glibc

/// A file of any size that is read here and there; only what was asked for is kept.
struct PositionedFile {
    private let descriptor: Descriptor

    /// What it was when it was opened.
    let facts: Facts

    /// Bytes of the file when it was opened.
    var size: Int { facts.size }

    /// Takes over a file that is open for reading.
    init(_ descriptor: Descriptor) throws(FileReadError.Reason) {
        self.descriptor = descriptor
        guard let facts = Facts(of: descriptor) else { throw .system(code: errno) }
        self.facts = facts
    }

    /// What changes when the file does.
    struct Facts: Equatable {
        let size: Int
        private let device: dev_t
        private let number: ino_t
        private let seconds: Int
        private let nanoseconds: Int

        fileprivate init?(of descriptor: Descriptor) {
            var facts = stat()
            guard fstat(descriptor.number, &facts) == 0 else { return nil }
            size = Int(facts.st_size)
            (device, number) = (facts.st_dev, facts.st_ino)
            (seconds, nanoseconds) = (facts.st_mtim.tv_sec, facts.st_mtim.tv_nsec)
        }

        /// Whether both are of the same file, by whatever path.
        func isSameFile(as other: Facts) -> Bool { device == other.device && number == other.number }
    }

    /// What the file is at this moment; `nil` when the system does not say.
    var currentFacts: Facts? { Facts(of: descriptor) }

    /// The bytes at a place.
    ///
    /// - Throws: ``FileFault/damaged(_:)`` when the file ends before.
    func read(at offset: Int, count: Int) throws(FileFault) -> ArraySlice<UInt8> {
        // A length from outside is believed only as far as there are bytes for it.
        guard offset >= 0, count >= 0, offset <= size, count <= size - offset else { throw Self.endsEarly }
        var failure: Int32?
        let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
            while filled < count {
                let got = pread(descriptor.number, buffer.baseAddress! + filled, count - filled, offset + filled)
                if got < 0, errno == EINTR { continue }
                if got < 0 { failure = errno }
                if got <= 0 { break }
                filled += got
            }
        }
        if let failure { throw .system(code: failure) }
        guard bytes.count == count else { throw Self.endsEarly }
        return bytes[...]
    }

    private static let endsEarly = FileFault.damaged("the file ends before what it refers to")
}

extension RootFolder {
    /// Opens a regular file to be read here and there; links are followed inside the root.
    func openPositioned(_ path: String) throws(FileReadError) -> PositionedFile {
        let descriptor = try openFile(path)
        do throws(FileReadError.Reason) {
            return try PositionedFile(descriptor)
        } catch {
            throw FileReadError(path: path, reason: error)
        }
    }
}
