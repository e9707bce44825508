import BoundedInput
import Glibc

/// Bounds of a walk; reaching one is a warning.
struct FolderWalkLimits {
    /// Folders inside folders.
    var depth = 96
    /// Folders in all.
    var folders = 4_000_000
}

/// What a walk is for.
protocol FolderVisitor: AnyObject {
    /// Whether a file of that name in that folder (as seen from inside the root) is to be opened. Asked for every entry that
    /// is no folder, so it must be quick.
    func interest(in name: FileName, in folder: String) -> FileInterest

    /// Receives a wanted file, open for reading.
    func visit(_ file: Descriptor, name: FileName, in folder: String)

    /// Receives what could not be read.
    func warn(_ path: String, _ reason: String)
}

/// One pass over a tree: every wanted file is opened once, symbolic links to folders are never followed.
struct FolderWalk<Visitor: FolderVisitor> {
    let root: RootFolder
    let skipped: SkippedFolders
    let visitor: Visitor
    let limits: FolderWalkLimits
    private var folderCount = 0
    private var isStopped = false

    init(root: RootFolder, skipped: SkippedFolders, visitor: Visitor, limits: FolderWalkLimits = FolderWalkLimits()) {
        self.root = root
        self.skipped = skipped
        self.visitor = visitor
        self.limits = limits
    }

    /// Walks the whole root.
    ///
    /// - Returns: How many folders were read.
    mutating func run() -> Int {
        do {
            walk(try root.list("/"), path: "", depth: 0)
        } catch {
            visitor.warn("/", "\(error.reason)")
        }
        return folderCount
    }

    /// - Parameter path: Of the folder, without a slash at its end: empty for the root.
    private mutating func walk(_ listing: consuming FolderListing, path: String, depth: Int) {
        folderCount += 1
        guard folderCount <= limits.folders else {
            return stop(path, "more than \(limits.folders) folders, rest left out")
        }
        guard root.steps.next() else { return isStopped = true }
        let folder = listing.descriptor
        while !isStopped, let entry = listing.next() {
            visit(entry, in: folder, path: path, depth: depth)
        }
        if let code = listing.failure {
            visitor.warn(path.isEmpty ? "/" : path, "\(FileReadError.Reason.system(code: code))")
        }
    }

    private mutating func visit(_ entry: FolderListing.Entry, in folder: Int32, path: String, depth: Int) {
        switch kind(of: entry, in: folder) {
        case Int32(DT_DIR):
            descend(into: entry, of: folder, path: path, depth: depth)
        case Int32(DT_REG):
            let interest = visitor.interest(in: entry.name, in: path)
            guard interest != .none, interest != .program || isProgram(entry, in: folder) else { return }
            guard root.steps.next() else { return isStopped = true }
            let number = openat(folder, entry.pointer, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard number >= 0 else {
                return visitor.warn("\(path)/\(entry.name.text)", "\(FileReadError.Reason.system(code: errno))")
            }
            visitor.visit(Descriptor(number), name: entry.name, in: path)
        case Int32(DT_LNK) where visitor.interest(in: entry.name, in: path) == .file:
            do {
                visitor.visit(try root.openFile("\(path)/\(entry.name.text)"), name: entry.name, in: path)
            } catch {
                visitor.warn(error.path, "\(error.reason)")
            }
        case Int32(DT_FIFO), Int32(DT_SOCK), Int32(DT_CHR), Int32(DT_BLK):
            guard visitor.interest(in: entry.name, in: path) == .file else { return }
            visitor.warn("\(path)/\(entry.name.text)", "\(FileReadError.Reason.notARegularFile)")
        default:
            break
        }
    }

    private mutating func descend(into entry: FolderListing.Entry, of folder: Int32, path: String, depth: Int) {
        let child = "\(path)/\(entry.name.text)"
        guard !skipped.contains(entry.name, in: path, path: child) else { return }
        guard depth < limits.depth else { return visitor.warn(child, "deeper than \(limits.depth) folders, left out") }
        let flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK
        let number = openat(folder, entry.pointer, flags)
        guard number >= 0 else {
            // Gone or replaced since the listing: that is no fault of the scan.
            guard errno != ENOENT, errno != ELOOP, errno != ENOTDIR else { return }
            return visitor.warn(child, "\(FileReadError.Reason.system(code: errno))")
        }
        do {
            walk(try FolderListing(takingOver: number, path: child), path: child, depth: depth + 1)
        } catch {
            visitor.warn(child, "\(error.reason)")
        }
    }

    /// The entry's kind as `DT_…`; asks the file where the filesystem's listing does not say.
    private func kind(of entry: FolderListing.Entry, in folder: Int32) -> Int32 {
        guard entry.kind == Int32(DT_UNKNOWN) else { return entry.kind }
        var facts = stat()
        guard fstatat(folder, entry.pointer, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return entry.kind }
        // glibc's IFTODT: the kind bits of a mode, shifted, are the DT values.
        return Int32((facts.st_mode & S_IFMT) >> 12)
    }

    /// Whether it may be executed, and is long enough to be a program.
    private func isProgram(_ entry: FolderListing.Entry, in folder: Int32) -> Bool {
        var facts = stat()
        guard fstatat(folder, entry.pointer, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        return facts.st_mode & S_IFMT == S_IFREG && facts.st_mode & 0o111 != 0 && facts.st_size >= 4096
    }

    private mutating func stop(_ path: String, _ reason: String) {
        isStopped = true
        visitor.warn(path, reason)
    }
}
