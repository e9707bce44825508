import BoundedInput
import Glibc

/// The entries of one open folder, one after the other, without "." and "..".
struct FolderListing: ~Copyable {
    /// An entry; its name is valid until the next one is read.
    struct Entry {
        let name: FileName
        /// The name as C takes it.
        let pointer: UnsafePointer<CChar>
        /// What the folder says: `DT_REG`, `DT_DIR`, … or `DT_UNKNOWN`.
        let kind: Int32

        /// Lends an entry of that name, of which the kind is not known.
        static func with<Failure: Error>(
            name: UnsafeRawBufferPointer, _ body: (Entry) throws(Failure) -> Void
        ) throws(Failure) {
            let text = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.count + 1)
            defer { text.deallocate() }
            _ = text.initialize(from: Array(name) + [0])
            guard let base = text.baseAddress else { return }
            let pointer = UnsafeRawPointer(base).assumingMemoryBound(to: CChar.self)
            let bytes = UnsafeBufferPointer(start: UnsafePointer(base), count: name.count)
            try body(Entry(name: FileName(bytes), pointer: pointer, kind: Int32(DT_UNKNOWN)))
        }
    }

    private let stream: OpaquePointer

    /// Why the listing ended before the folder's end, as `errno`; `nil` when it did not.
    private(set) var failure: Int32?

    /// Takes over a descriptor that is open on a folder.
    ///
    /// - Parameter path: For the error only.
    init(takingOver number: Int32, path: String) throws(FileReadError) {
        guard let stream = fdopendir(number) else {
            let code = errno
            close(number)
            throw FileReadError(path: path, reason: .system(code: code))
        }
        self.stream = stream
    }

    /// The folder's descriptor, for opening what the listing names. Closed with the listing.
    var descriptor: Int32 { dirfd(stream) }

    deinit {
        closedir(stream)
    }

    /// The next entry; `nil` at the end and after a failure.
    mutating func next() -> Entry? {
        while true {
            errno = 0
            guard let entry = readdir(stream) else {
                failure = errno == 0 ? nil : errno
                return nil
            }
            let offset = MemoryLayout<dirent>.offset(of: \.d_name) ?? 0
            let pointer = UnsafeRawPointer(entry).advanced(by: offset).assumingMemoryBound(to: CChar.self)
            let bytes = UnsafeRawPointer(pointer).assumingMemoryBound(to: UInt8.self)
            let name = FileName(UnsafeBufferPointer(start: bytes, count: strlen(pointer)))
            if name.isSelfOrParent { continue }
            return Entry(name: name, pointer: pointer, kind: Int32(entry.pointee.d_type))
        }
    }
}
