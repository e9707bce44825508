#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes a file so that its path shows the whole new content or the whole old one, whatever happens in between.
struct AtomicFile {
    /// Where the file shall stand.
    let path: String

    /// Writes the parts one after the other to a neighbour, flushes it to disk and renames it to ``path``.
    func write(_ parts: [[UInt8]]) throws(IndexBuildError) {
        var template = Array("\(path).XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        guard descriptor >= 0 else { throw failure("create") }
        let temporary = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        do throws(IndexBuildError) {
            for part in parts { try write(part, to: descriptor) }
            // mkstemp gives 0600; other roles on the machine map the index too.
            guard fchmod(descriptor, 0o644) == 0 else { throw failure("set the mode of") }
            guard fsync(descriptor) == 0 else { throw failure("flush") }
            guard rename(temporary, path) == 0 else { throw failure("rename") }
        } catch {
            close(descriptor)
            unlink(temporary)
            throw error
        }
        close(descriptor)
        flushFolder()
    }

    /// Reads the whole file; `nil` when there is none, it cannot be read, is no regular file, or is larger than the limit in bytes.
    func read(limit: Int) -> [UInt8]? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_size <= limit else {
            return nil
        }
        let size = Int(status.st_size)
        let bytes = [UInt8](unsafeUninitializedCapacity: size) { buffer, used in
            while used < size {
                let count = Self.read(descriptor, buffer.baseAddress.map { $0 + used }, size - used)
                if count < 0 && errno == EINTR { continue }
                guard count > 0 else { return }
                used += count
            }
        }
        return bytes.count == size ? bytes : nil
    }

    private static func read(_ descriptor: Int32, _ buffer: UnsafeMutablePointer<UInt8>?, _ count: Int) -> Int {
        #if canImport(Darwin)
        Darwin.read(descriptor, buffer, count)
        #elseif canImport(Musl)
        Musl.read(descriptor, buffer, count)
        #else
        Glibc.read(descriptor, buffer, count)
        #endif
    }

    private func write(_ part: [UInt8], to descriptor: Int32) throws(IndexBuildError) {
        var offset = 0
        while offset < part.count {
            #if canImport(Darwin)
            let written = part.withUnsafeBytes {
                Darwin.write(descriptor, $0.baseAddress! + offset, part.count - offset)
            }
            #elseif canImport(Musl)
            let written = part.withUnsafeBytes { Musl.write(descriptor, $0.baseAddress! + offset, part.count - offset) }
            #else
            let written = part.withUnsafeBytes {
                Glibc.write(descriptor, $0.baseAddress! + offset, part.count - offset)
            }
            #endif
            if written < 0 && errno == EINTR { continue }
            guard written > 0 else { throw failure("write") }
            offset += written
        }
    }

    /// A rename is on disk only when its folder is. Some file systems refuse this; the file is whole either way.
    private func flushFolder() {
        let cut = path.lastIndex(of: "/")
        let folder = cut.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        let descriptor = open(folder, O_RDONLY)
        guard descriptor >= 0 else { return }
        _ = fsync(descriptor)
        close(descriptor)
    }

    private func failure(_ step: String) -> IndexBuildError {
        .unwritable(path: path, step: step, reason: String(cString: strerror(errno)))
    }
}
