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
    ///
    /// - Returns: What was found in it, to be given to ``replay(_:)`` as long as the file stays the same; `nil` when it is to be read every time.
    func visit(_ file: Descriptor, name: FileName, in folder: String) -> [UInt8]?

    /// Receives what ``visit(_:name:in:)`` returned for a file that is still the same.
    func replay(_ journal: UnsafeRawBufferPointer) throws(DamagedMemory)

    /// Receives what could not be read.
    func warn(_ path: String, _ reason: String)
}

/// One pass over a tree: every wanted file is opened once, symbolic links to folders are never followed.
///
/// With a memory of an earlier pass, folders and files that are what they were are not opened: one look at their facts is all they cost.
struct FolderWalk<Visitor: FolderVisitor> {
    let root: RootFolder
    let skipped: SkippedFolders
    let visitor: Visitor
    let limits: FolderWalkLimits
    private let now: Int64
    private var folderCount = 0
    private var isStopped = false
    /// The path of the present folder as bytes, without slashes around it: what the system is asked for, whatever text they are.
    private var path: [CChar] = []
    /// What is remembered of this pass; `nil` when nothing is to be, or it got too long.
    private(set) var memory: [UInt8]?

    /// - Parameter now: Seconds since 1970; `nil` when nothing is to be remembered.
    init(
        root: RootFolder, skipped: SkippedFolders, visitor: Visitor, limits: FolderWalkLimits = FolderWalkLimits(),
        remembering now: Int64? = nil
    ) {
        self.root = root
        self.skipped = skipped
        self.visitor = visitor
        self.limits = limits
        self.now = now ?? 0
        memory = now == nil ? nil : []
    }

    /// Walks the whole root.
    ///
    /// - Parameter known: ``memory`` of an earlier pass with the same root, the same skipped folders and an equal visitor.
    /// - Returns: How many folders were met.
    /// - Throws: When the memory is damaged; what was found so far is then of no use.
    mutating func run(knowing known: UnsafeRawBufferPointer? = nil) throws(DamagedMemory) -> Int {
        path = [0]
        var reader = known.map { MemoryReader($0) }
        try enter(in: nil, depth: 0, known: try reader?.sized())
        if isStopped { memory = nil }
        return folderCount
    }

    // MARK: Folders

    /// Walks the folder at ``path``, by what is known of it or anew.
    ///
    /// - Parameter parent: Open on the folder around it; `nil` when that was not opened.
    private mutating func enter(in parent: Int32?, depth: Int, known: UnsafeRawBufferPointer?) throws(DamagedMemory) {
        guard !isStopped else { return }
        let start = memory?.count
        memory?.append(number: 0)
        var isWalked = false
        if let known { isWalked = try revisit(known, depth: depth) }
        if !isWalked { try walkAnew(in: parent, depth: depth, known: known) }
        guard let start, let end = memory?.count else { return }
        memory?.set(number: end - start - 4, at: start)
        if end > FolderMemory.limit { memory = nil }
    }

    /// Goes through a folder without opening it.
    ///
    /// Its path is given to the system as a whole. Should a folder in it have been replaced by a link a moment ago, the link is followed; but
    /// what is looked at then is believed only if it is that very folder.
    ///
    /// - Returns: `false` when it is not what it was.
    private mutating func revisit(_ known: UnsafeRawBufferPointer, depth: Int) throws(DamagedMemory) -> Bool {
        var folder = try FolderMemory.Folder(known)
        guard folder.facts != .none, status().map(FileFacts.init) == folder.facts else { return false }
        guard count() else { return true }
        var draft = FolderMemory.Draft(facts: folder.facts)
        for _ in 0..<folder.fileCount { try revisit(try folder.nextFile(), &draft) }
        remember(draft)
        while let (name, child) = try folder.nextFolder() {
            let length = push(name)
            defer { pop(to: length) }
            memory?.append(sized: name)
            try enter(in: nil, depth: depth + 1, known: child)
        }
        return true
    }

    /// Lists the folder, then walks those within it.
    private mutating func walkAnew(
        in parent: Int32?, depth: Int, known: UnsafeRawBufferPointer?
    ) throws(DamagedMemory) {
        let text = text
        let number = path.withUnsafeBufferPointer { path in
            parent.map { openat($0, name(in: path), Self.folderFlags) } ?? root.openWalkedFolder(path)
        }
        var listing: FolderListing
        // Taken before anything is read: what changes from now on shows.
        var draft = FolderMemory.Draft(facts: FileFacts(descriptor: number)?.settled(now: now) ?? .none)
        do throws(FileReadError) {
            guard number >= 0 else { throw FileReadError(path: text, reason: .system(code: errno)) }
            listing = try FolderListing(takingOver: number, path: text)
        } catch {
            remember(FolderMemory.Draft(facts: .none))
            // Gone or replaced since its name was read: that is no fault of the scan.
            let isGone = [ENOENT, ELOOP, ENOTDIR].contains { error.reason == .system(code: $0) }
            if !isGone || depth == 0 { visitor.warn(text.isEmpty ? "/" : text, "\(error.reason)") }
            return
        }
        guard count() else { return }
        let before = try FolderMemory.Index(known)
        var folders: [CChar] = []
        while !isStopped, let entry = listing.next() {
            if kind(of: entry, in: listing.descriptor) != Int32(DT_DIR) {
                try examine(entry, in: listing.descriptor, text, before.file(entry.name.raw), &draft)
            } else if isToBeEntered(entry, of: text, depth, &draft) {
                folders.append(contentsOf: UnsafeBufferPointer(start: entry.pointer, count: strlen(entry.pointer) + 1))
            }
        }
        if let code = listing.failure {
            draft.facts = .none
            visitor.warn(text.isEmpty ? "/" : text, "\(FileReadError.Reason.system(code: code))")
        }
        remember(draft)
        for name in folders.split(separator: 0) {
            let bytes = name.map { UInt8(bitPattern: $0) }
            let length = bytes.withUnsafeBytes { push($0) }
            defer { pop(to: length) }
            memory?.append(sized: bytes)
            try enter(in: listing.descriptor, depth: depth + 1, known: before.folders[bytes])
        }
    }

    /// Counts one folder more; `false` when the walk is to end.
    private mutating func count() -> Bool {
        folderCount += 1
        guard folderCount <= limits.folders else {
            isStopped = true
            visitor.warn(text, "more than \(limits.folders) folders, rest left out")
            return false
        }
        if !root.steps.next() { isStopped = true }
        return !isStopped
    }

    private func isToBeEntered(
        _ entry: FolderListing.Entry, of folder: String, _ depth: Int, _ draft: inout FolderMemory.Draft
    ) -> Bool {
        let child = "\(folder)/\(entry.name.text)"
        guard !skipped.contains(entry.name, in: folder, path: child) else { return false }
        if depth < limits.depth { return true }
        // To be said again the next time.
        draft.facts = .none
        visitor.warn(child, "deeper than \(limits.depth) folders, left out")
        return false
    }

    private mutating func remember(_ draft: FolderMemory.Draft) {
        // Moved out and back, so that it is not copied.
        guard var bytes = memory.take(), !draft.isTooLong else { return }
        draft.append(to: &bytes)
        memory = consume bytes
    }

    // MARK: Files

    /// Looks at a file that mattered, in a folder that is what it was.
    private mutating func revisit(_ file: FolderMemory.File, _ draft: inout FolderMemory.Draft) throws(DamagedMemory) {
        if file.kind == .itself, file.facts != .none {
            let length = push(file.name)
            let facts = status().map(FileFacts.init)
            pop(to: length)
            if facts == file.facts {
                try visitor.replay(file.journal)
                return draft.keep(file)
            }
        }
        // A link may lead elsewhere without anything changing here.
        if file.kind == .link, file.facts != .none,
            let target = try? root.openFile("\(text)/\(String(decoding: file.name, as: UTF8.self))"),
            FileFacts(descriptor: target.number) == file.facts
        {
            try visitor.replay(file.journal)
            return draft.keep(file)
        }
        let number = path.withUnsafeBufferPointer { root.openWalkedFolder($0) }
        guard number >= 0 else { return draft.facts = .none }
        let folder = Descriptor(number)
        let text = text
        try FolderListing.Entry.with(name: file.name) { (entry) throws(DamagedMemory) in
            try examine(entry, in: folder.number, text, file, &draft)
        }
    }

    /// Gives a file to the visitor if it wants it: what is known of it while it is the same, else the file itself.
    private mutating func examine(
        _ entry: FolderListing.Entry, in folder: Int32, _ text: String, _ known: FolderMemory.File?,
        _ draft: inout FolderMemory.Draft
    ) throws(DamagedMemory) {
        let interest = visitor.interest(in: entry.name, in: text)
        guard interest != .none else { return }
        let path = "\(text)/\(entry.name.text)"
        switch kind(of: entry, in: folder) {
        case Int32(DT_REG):
            if interest == .program, !isProgram(entry, in: folder, &draft) { return }
            guard root.steps.next() else { return isStopped = true }
            let number = openat(folder, entry.pointer, O_RDONLY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
            guard number >= 0 else {
                draft.add(.itself, name: entry.name.raw, facts: .none, journal: [])
                return visitor.warn(path, "\(FileReadError.Reason.system(code: errno))")
            }
            try visit(Descriptor(number), .itself, entry.name, text, known, &draft)
        case Int32(DT_LNK) where interest == .file:
            let file: Descriptor
            do throws(FileReadError) {
                file = try root.openFile(path)
            } catch {
                draft.add(.link, name: entry.name.raw, facts: .none, journal: [])
                return visitor.warn(error.path, "\(error.reason)")
            }
            try visit(file, .link, entry.name, text, known, &draft)
        case Int32(DT_FIFO), Int32(DT_SOCK), Int32(DT_CHR), Int32(DT_BLK):
            guard interest == .file else { return }
            draft.add(.itself, name: entry.name.raw, facts: .none, journal: [])
            visitor.warn(path, "\(FileReadError.Reason.notARegularFile)")
        default:
            break
        }
    }

    private func visit(
        _ file: Descriptor, _ kind: FolderMemory.FileKind, _ name: FileName, _ text: String,
        _ known: FolderMemory.File?, _ draft: inout FolderMemory.Draft
    ) throws(DamagedMemory) {
        // Taken before anything is read: what changes from now on shows.
        let facts = FileFacts(descriptor: file.number) ?? .none
        if let known, known.kind == kind, known.facts != .none, known.facts == facts {
            try visitor.replay(known.journal)
            return draft.keep(known)
        }
        let journal = visitor.visit(file, name: name, in: text)
        draft.add(
            kind, name: name.raw, facts: journal == nil ? .none : facts.settled(now: now), journal: journal ?? [])
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
    ///
    /// What is new and no program yet may be one when it is written to its end and made executable, neither of which shows in the folder: it is
    /// looked at again.
    private func isProgram(
        _ entry: FolderListing.Entry, in folder: Int32, _ draft: inout FolderMemory.Draft
    ) -> Bool {
        var facts = stat()
        guard fstatat(folder, entry.pointer, &facts, AT_SYMLINK_NOFOLLOW) == 0 else { return false }
        guard facts.st_mode & S_IFMT == S_IFREG else { return false }
        if facts.st_mode & 0o111 != 0 && facts.st_size >= 4096 { return true }
        let known = FileFacts(facts)
        if memory != nil, known.isYoung(now: now) {
            draft.add(.itself, name: entry.name.raw, facts: known.settled(now: now), journal: [])
        }
        return false
    }

    // MARK: Paths

    private static var folderFlags: Int32 { O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK }

    /// The present folder as seen from inside the root, without a slash at its end: empty for the root.
    private var text: String {
        path.count == 1 ? "" : "/" + path.dropLast().withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
    }

    /// Steps into what has that name.
    ///
    /// - Returns: What ``pop(to:)`` needs to step back.
    private mutating func push(_ name: UnsafeRawBufferPointer) -> Int {
        let length = path.count
        path.removeLast()
        if length > 1 { path.append(CChar(bitPattern: UInt8(ascii: "/"))) }
        for byte in name { path.append(CChar(bitPattern: byte)) }
        path.append(0)
        return length
    }

    private mutating func pop(to length: Int) {
        path.removeLast(path.count - length)
        path[length - 1] = 0
    }

    /// The last component of a path.
    private func name(in path: UnsafeBufferPointer<CChar>) -> UnsafePointer<CChar> {
        let slash = path.lastIndex(of: CChar(bitPattern: UInt8(ascii: "/")))
        // There is always the zero at its end.
        return path.baseAddress! + (slash.map { $0 + 1 } ?? 0)
    }

    /// What the system says of the present path, which may be that of a file.
    private func status() -> stat? {
        var facts = stat()
        if path.count == 1 { return fstat(root.descriptor.number, &facts) == 0 ? facts : nil }
        return fstatat(root.descriptor.number, path, &facts, AT_SYMLINK_NOFOLLOW) == 0 ? facts : nil
    }
}
