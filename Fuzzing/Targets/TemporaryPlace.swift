import Glibc

/// A folder of this process's own, in memory where the system has such a place, for readers that want a path.
enum TemporaryPlace {
    /// Made once; what lies in it is overwritten by each input. The script that starts the fuzzer names a folder and removes it again.
    static let folder: String = {
        let parent = getenv("FUZZ_FOLDER").map { String(cString: $0) } ?? "/dev/shm"
        var path = "\(parent)/zerotrace-fuzz-\(getpid())"
        if mkdir(path, 0o700) != 0, errno != EEXIST { path = "." }
        return path
    }()

    /// The path of a file with this content; valid until the next one of that name.
    static func file(_ name: String, _ bytes: [UInt8]) -> String {
        let path = "\(folder)/\(name)"
        // A file of its own each time: the one before may still be mapped and read in the background.
        unlink(path)
        write(path, bytes)
        return path
    }

    /// Writes a file, the folders above it included.
    static func write(_ path: String, _ bytes: [UInt8]) {
        var descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        if descriptor < 0, errno == ENOENT {
            makeFolders(above: path)
            descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        }
        precondition(descriptor >= 0, "cannot write \(path)")
        defer { close(descriptor) }
        let written = bytes.withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
        precondition(written == bytes.count, "cannot write \(path)")
    }

    private static func makeFolders(above path: String) {
        for index in path.indices.dropFirst() where path[index] == "/" { mkdir(String(path[..<index]), 0o700) }
    }
}
