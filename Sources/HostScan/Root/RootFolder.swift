import BoundedInput
import Glibc

/// A folder that stands for "/": every path resolves inside it, as after `chroot(2)`.
///
/// Resolution goes one component at a time over open descriptors, never by a path that the kernel would resolve alone:
/// an absolute symbolic link starts again at the root, ".." stops at the root.
struct RootFolder {
    /// As Linux bounds it (path_resolution(7)).
    static let maximumLinks = 40

    /// Most components of one resolution, those of links included.
    static let maximumComponents = 512

    /// Most entries that a listing returns.
    static let maximumEntries = 100_000

    /// O_PATH of <fcntl.h> on every Linux that Swift runs on; Glibc's module hides it behind _GNU_SOURCE.
    private static let pathOnly: Int32 = 0o10_000_000

    /// The root itself.
    let descriptor: Descriptor

    /// Asked before anything is opened.
    let steps: ScanSteps

    /// Takes note of what is opened by its path, while it is there.
    var trace: OpenTrace?

    /// Opens the folder at `path`.
    ///
    /// - Throws: ``FileReadError`` when it is missing, no folder, or not accessible.
    init(path: String, steps: ScanSteps = ScanSteps()) throws(FileReadError) {
        self.steps = steps
        let number = openat(AT_FDCWD, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard number >= 0 else { throw FileReadError(path: path, reason: .system(code: errno)) }
        descriptor = Descriptor(number)
    }

    /// Reads a regular file.
    ///
    /// - Parameters:
    ///   - path: As seen from inside the root.
    ///   - limit: Most bytes, inclusive.
    func read(_ path: String, limit: Int) throws(FileReadError) -> [UInt8] {
        let file = try openFile(path)
        do {
            return try BoundedFile.read(descriptor: file.number, limit: limit)
        } catch {
            throw FileReadError(path: path, reason: error)
        }
    }

    /// Opens a regular file for reading; links are followed inside the root.
    func openFile(_ path: String) throws(FileReadError) -> Descriptor {
        Descriptor(try open(path, kind: S_IFREG, flags: O_RDONLY | O_NONBLOCK | O_NOCTTY))
    }

    /// The names in a folder, ascending by bytes, without "." and "..".
    func names(in path: String) throws(FileReadError) -> [String] {
        var names: [String] = []
        var listing = try list(path)
        while names.count < Self.maximumEntries, let entry = listing.next() {
            names.append(entry.name.text)
        }
        return names.sorted()
    }

    /// Opens a folder for listing; links are followed inside the root.
    func list(_ path: String) throws(FileReadError) -> FolderListing {
        try FolderListing(takingOver: try open(path, kind: S_IFDIR, flags: O_RDONLY | O_DIRECTORY), path: path)
    }

    /// Whether anything is there, links followed inside the root.
    func exists(_ path: String) -> Bool {
        (try? resolve(path)) != nil
    }

    /// Resolves a path and opens what it finds, if that is of the wanted kind.
    private func open(_ path: String, kind: mode_t, flags: Int32) throws(FileReadError) -> Int32 {
        do throws(FileReadError.Reason) {
            guard steps.next() else { throw .system(code: ECANCELED) }
            let place = try resolve(path)
            guard place.kind == kind else { throw kind == S_IFDIR ? .system(code: ENOTDIR) : .notARegularFile }
            // The place was opened for its path only, which gives no access and touches no device; now it is known to be harmless.
            let number = openat(place.parent.number, place.name, flags | O_NOFOLLOW | O_CLOEXEC)
            guard number >= 0 else { throw .system(code: errno) }
            trace?.note(path, descriptor: number)
            return number
        } catch {
            trace?.note(path, error)
            throw FileReadError(path: path, reason: error)
        }
    }

    /// The facts of what a path leads to; `nil` when it leads nowhere.
    func facts(of path: String) -> FileFacts? {
        guard let place = try? resolve(path) else { return nil }
        var facts = stat()
        guard fstatat(place.parent.number, place.name, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return nil }
        return FileFacts(facts)
    }

    /// Opens a folder without access to it, to look at what is in it.
    func open(folder path: String) throws(FileReadError) -> Descriptor {
        Descriptor(try open(path, kind: S_IFDIR, flags: Self.pathOnly | O_DIRECTORY))
    }

    /// Opens a folder where a walk found it: no component may be a link.
    ///
    /// - Parameter path: Without a slash at its start, ended by a zero.
    /// - Returns: Open for reading; below 0, with `errno`, when it cannot be opened.
    func openWalkedFolder(_ path: UnsafeBufferPointer<CChar>) -> Int32 {
        var folder = descriptor
        let parts = path.dropLast().split(separator: CChar(bitPattern: UInt8(ascii: "/")))
        for (index, part) in parts.enumerated() {
            let access = index == parts.count - 1 ? O_RDONLY | O_NONBLOCK : Self.pathOnly
            let number = openat(folder.number, Array(part) + [0], access | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC)
            guard number >= 0, index < parts.count - 1 else { return number }
            folder = Descriptor(number)
        }
        return openat(descriptor.number, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    }

    /// Where a path leads: a name in an open folder, and the kind of what has that name.
    private struct Place {
        let parent: Descriptor
        let name: String
        let kind: mode_t
    }

    private func resolve(_ path: String) throws(FileReadError.Reason) -> Place {
        var folders = [descriptor]
        var place = Place(parent: descriptor, name: ".", kind: S_IFDIR)
        var pending = Array(path.split(separator: "/").map(String.init).reversed())
        var links = 0
        var components = 0
        while let name = pending.popLast() {
            components += 1
            guard components <= Self.maximumComponents else { throw .system(code: ENAMETOOLONG) }
            guard place.kind == S_IFDIR, let folder = folders.last else { throw .system(code: ENOTDIR) }
            if name == "." { continue }
            if name == ".." {
                if folders.count > 1 { folders.removeLast() }
                place = Place(parent: folders[folders.count - 1], name: ".", kind: S_IFDIR)
                continue
            }
            let entry = try Self.look(at: name, in: folder)
            guard let kind = entry.kind else { throw .system(code: errno) }
            if kind == S_IFLNK {
                links += 1
                guard links <= Self.maximumLinks else { throw .system(code: ELOOP) }
                let target = try Self.linkTarget(name, in: folder)
                if target.hasPrefix("/") { folders = [descriptor] }
                place = Place(parent: folders[folders.count - 1], name: ".", kind: S_IFDIR)
                pending += target.split(separator: "/").map(String.init).reversed()
                continue
            }
            place = Place(parent: folder, name: name, kind: kind)
            if kind == S_IFDIR { folders.append(entry) }
        }
        return place
    }

    /// Opens a name without access to it, so that looking at a device or FIFO has no effect.
    private static func look(at name: String, in folder: Descriptor) throws(FileReadError.Reason) -> Descriptor {
        let number = openat(folder.number, name, pathOnly | O_NOFOLLOW | O_CLOEXEC)
        guard number >= 0 else { throw .system(code: errno) }
        return Descriptor(number)
    }

    private static func linkTarget(_ name: String, in folder: Descriptor) throws(FileReadError.Reason) -> String {
        var length = 0
        let bytes = [UInt8](unsafeUninitializedCapacity: Int(PATH_MAX)) { buffer, filled in
            length = buffer.withMemoryRebound(to: CChar.self) {
                readlinkat(folder.number, name, $0.baseAddress!, $0.count)
            }
            filled = max(0, length)
        }
        guard length >= 0 else { throw .system(code: errno) }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension FileReadError {
    /// Nothing is there: no fault where a file may or may not be. A link that loops or leads through a file is one.
    var isMissing: Bool { reason == .system(code: ENOENT) }

    /// A file stands where a folder was looked for.
    var isNotAFolder: Bool { reason == .system(code: ENOTDIR) }
}
