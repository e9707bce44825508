import BoundedInput
import Glibc

/// A folder like `/proc`: what the kernel says of itself and of its processes (proc(5)).
struct ProcessFolder {
    /// Most processes that are looked at.
    static let maximumProcesses = 32_768

    private let descriptor: Descriptor

    /// - Throws: ``FileReadError`` when it cannot be opened.
    init(path: String) throws(FileReadError) {
        let number = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileReadError(path: path, reason: .system(code: errno)) }
        descriptor = Descriptor(number)
    }

    /// A file of at most `limit` bytes.
    func read(_ name: String, limit: Int) throws(FileReadError.Reason) -> [UInt8] {
        try open(name).contents(limit: limit)
    }

    /// The first line of a short file without blanks around it; `nil` when there is none.
    func line(_ name: String) -> String? {
        guard let bytes = try? read(name, limit: 4096) else { return nil }
        let line = String(decoding: bytes.prefix { $0 != UInt8(ascii: "\n") }, as: UTF8.self)
        let words = line.split(separator: " ").joined(separator: " ")
        return words.isEmpty ? nil : words
    }

    /// Opens a file for reading.
    func open(_ name: String) throws(FileReadError.Reason) -> Descriptor {
        let number = openat(descriptor.number, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw .system(code: errno) }
        return Descriptor(number)
    }

    /// Ids of processes, ascending, at most one more than ``maximumProcesses``.
    func processes() throws(FileReadError) -> [Int32] {
        let number = openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileReadError(path: "/proc", reason: .system(code: errno)) }
        var listing = try FolderListing(takingOver: number, path: "/proc")
        var found: [Int32] = []
        while found.count <= Self.maximumProcesses, let entry = listing.next() {
            if let id = Int32(entry.name.text), id > 0 { found.append(id) }
        }
        return found.sorted()
    }

    /// Opens the folder of a process: what is asked of it is then of no later process with the same id.
    func process(_ id: Int32) throws(FileReadError.Reason) -> ObservedProcess {
        let number = openat(descriptor.number, "\(id)", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .system(code: errno) }
        return ObservedProcess(Descriptor(number))
    }
}

/// The open folder of one process.
struct ObservedProcess {
    /// Most bytes of a line of `maps`: a path and what stands before it.
    private static let maximumLine = 8192

    /// Most lines of `maps` that are read; the kernel allows 65,530 unless told otherwise.
    private static let maximumMappings = 200_000

    /// Most open files that are looked at; ports that a program opens at its start are among its first.
    static let maximumOpenFiles = 4_096

    private let folder: Descriptor

    init(_ folder: Descriptor) {
        self.folder = folder
    }

    /// Device and number of the folder that is its root.
    func root() throws(FileReadError.Reason) -> FileIdentity {
        var facts = stat()
        guard fstatat(folder.number, "root", &facts, 0) == 0 else { throw .system(code: errno) }
        return FileIdentity(facts)
    }

    /// Path of its program; `nil` for a thread of the kernel.
    func program() throws(FileReadError.Reason) -> String? {
        do {
            return try link("exe")
        } catch {
            if error == .system(code: ENOENT) { return nil }
            throw error
        }
    }

    /// When it started, in ticks since the machine did; `nil` when the kernel does not say.
    func start() -> UInt64? {
        guard let bytes = try? open("stat").contents(limit: 8192),
            // The name before it may hold blanks and parentheses.
            let end = bytes.lastIndex(of: UInt8(ascii: ")"))
        else { return nil }
        let fields = String(decoding: bytes[(end + 1)...], as: UTF8.self).split(separator: " ")
        return fields.count > 19 ? UInt64(fields[19]) : nil
    }

    /// Text of its `cgroup`; empty when it cannot be read.
    func controlGroups() -> String {
        guard let bytes = try? open("cgroup").contents(limit: 65536) else { return "" }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// The files that it has mapped, each once.
    func mappings() throws(FileReadError.Reason) -> MappedFiles {
        let file = try open("maps")
        defer { withExtendedLifetime(file) {} }
        var lines = LineReader(descriptor: file.number, limit: Self.maximumLine)
        var mapped = MappedFiles()
        var count = 0
        do {
            while count < Self.maximumMappings, let line = try lines.next() {
                count += 1
                if case .line(let bytes) = line { mapped.take(bytes) }
            }
        } catch let error as FileReadError.Reason {
            throw error
        } catch {
            throw .system(code: EIO)
        }
        return mapped
    }

    /// Calls `body` with what each open file is: a path, or "socket:[12345]".
    ///
    /// - Returns: Whether these were all.
    func forEachOpenFile(_ body: (String) -> Void) throws(FileReadError.Reason) -> Bool {
        let number = openat(folder.number, "fd", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw .system(code: errno) }
        guard var listing = try? FolderListing(takingOver: number, path: "fd") else { throw .system(code: EIO) }
        var count = 0
        while let entry = listing.next() {
            guard count < Self.maximumOpenFiles else { return false }
            count += 1
            if let target = try? Self.link(entry.name.text, in: listing.descriptor) { body(target) }
        }
        return true
    }

    /// What is at a path as the process sees it; `nil` when nothing is, or nothing that may be seen.
    func file(at path: String) -> FileIdentity? {
        var facts = stat()
        guard fstatat(folder.number, "root" + path, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileIdentity(facts)
    }

    private func open(_ name: String) throws(FileReadError.Reason) -> Descriptor {
        let number = openat(folder.number, name, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard number >= 0 else { throw .system(code: errno) }
        return Descriptor(number)
    }

    private func link(_ name: String) throws(FileReadError.Reason) -> String { try Self.link(name, in: folder.number) }

    private static func link(_ name: String, in folder: Int32) throws(FileReadError.Reason) -> String {
        var length = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            length = buffer.withMemoryRebound(to: CChar.self) { readlinkat(folder, name, $0.baseAddress!, $0.count) }
            filled = max(0, length)
        }
        guard length >= 0 else { throw .system(code: errno) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension Descriptor {
    /// All that a regular file holds, of at most `limit` bytes.
    fileprivate func contents(limit: Int) throws(FileReadError.Reason) -> [UInt8] {
        // It is closed with its last reference, which would else be gone once its number is known.
        defer { withExtendedLifetime(self) {} }
        return try BoundedFile.read(descriptor: number, limit: limit)
    }
}

/// Which file something is.
struct FileIdentity: Hashable {
    /// As `maps` writes it, "fe:01".
    let device: String
    let number: UInt64

    init(device: String, number: UInt64) {
        self.device = device
        self.number = number
    }

    init(_ facts: stat) {
        let device = UInt64(truncatingIfNeeded: facts.st_dev)
        // makedev(3) of glibc spreads both numbers over 64 bits.
        let major = (device >> 8) & 0xFFF | (device >> 32) & ~0xFFF
        let minor = device & 0xFF | (device >> 12) & ~0xFF
        self.init(device: Self.hex(major) + ":" + Self.hex(minor), number: UInt64(truncatingIfNeeded: facts.st_ino))
    }

    private static func hex(_ number: UInt64) -> String {
        let text = String(number, radix: 16)
        return text.count < 2 ? "0" + text : text
    }
}
