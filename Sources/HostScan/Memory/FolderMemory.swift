/// What a walk met in a tree: for each folder its facts, the files that mattered with what was found in them, and the folders within.
///
/// Folders follow each other as they were walked, each with its length before it, so that one can be passed over.
enum FolderMemory {
    /// Most bytes of all: a tree of 200,000 folders. Larger ones are walked anew each time.
    static let limit = 16 << 20

    /// How a file is met again.
    enum FileKind: UInt8 {
        /// Where it lies, not through a link.
        case itself
        /// Through a symbolic link: wherever that leads.
        case link
    }

    /// A file that mattered.
    struct File {
        let kind: FileKind
        let name: UnsafeRawBufferPointer
        /// ``FileFacts/none`` when it is to be read in any case.
        let facts: FileFacts
        /// What was found in it; see ``Journal``.
        let journal: UnsafeRawBufferPointer
        /// All of the above as it stands in the memory.
        let bytes: UnsafeRawBufferPointer
    }

    /// A folder, of which so much was read.
    struct Folder {
        /// ``FileFacts/none`` when it is to be listed in any case.
        let facts: FileFacts
        private var reader: MemoryReader
        private let bytes: UnsafeRawBufferPointer
        private(set) var fileCount: Int

        /// - Parameter bytes: The folder without the length before it.
        init(_ bytes: UnsafeRawBufferPointer) throws(DamagedMemory) {
            self.bytes = bytes
            reader = MemoryReader(bytes)
            facts = try reader.facts()
            fileCount = try reader.number()
        }

        /// The next of its files; as many as ``fileCount`` says.
        mutating func nextFile() throws(DamagedMemory) -> File {
            let start = reader.offset
            guard let kind = FileKind(rawValue: try reader.part(1)[0]) else { throw DamagedMemory() }
            let name = try reader.sized()
            let facts = try reader.facts()
            let journal = try reader.sized()
            let part = UnsafeRawBufferPointer(rebasing: bytes[start..<reader.offset])
            return File(kind: kind, name: name, facts: facts, journal: journal, bytes: part)
        }

        /// The next folder within it, after all of its files; `nil` behind the last.
        mutating func nextFolder() throws(DamagedMemory) -> (
            name: UnsafeRawBufferPointer, folder: UnsafeRawBufferPointer
        )? {
            if reader.isAtEnd { return nil }
            return (try reader.sized(), try reader.sized())
        }
    }

    /// A folder that is being walked, and what will be remembered of it.
    struct Draft {
        var facts: FileFacts
        private var files: [UInt8] = []
        private var fileCount = 0
        /// Whether its files alone are more than is remembered of a tree; then they are not all there.
        private(set) var isTooLong = false

        init(facts: FileFacts) {
            self.facts = facts
        }

        /// Takes over a file as it stood.
        mutating func keep(_ file: File) {
            files.append(contentsOf: file.bytes)
            count()
        }

        mutating func add(_ kind: FileKind, name: UnsafeRawBufferPointer, facts: FileFacts, journal: [UInt8]) {
            files.append(kind.rawValue)
            files.append(sized: name)
            facts.append(to: &files)
            files.append(sized: journal)
            count()
        }

        private mutating func count() {
            fileCount += 1
            guard files.count > FolderMemory.limit else { return }
            isTooLong = true
            files = []
        }

        /// Writes the folder; those within it follow, each by its name.
        func append(to bytes: inout [UInt8]) {
            facts.append(to: &bytes)
            bytes.append(number: fileCount)
            bytes.append(contentsOf: files)
        }
    }

    /// What is known of a folder, by name.
    struct Index {
        private(set) var files: [[UInt8]: File] = [:]
        private(set) var folders: [[UInt8]: UnsafeRawBufferPointer] = [:]

        /// - Parameter bytes: Of a ``Folder``; `nil` when nothing is known.
        init(_ bytes: UnsafeRawBufferPointer?) throws(DamagedMemory) {
            guard let bytes else { return }
            var folder = try Folder(bytes)
            for _ in 0..<folder.fileCount {
                let file = try folder.nextFile()
                files[Array(file.name)] = file
            }
            while let (name, folder) = try folder.nextFolder() { folders[Array(name)] = folder }
        }

        /// The file of that name.
        func file(_ name: UnsafeRawBufferPointer) -> File? { files.isEmpty ? nil : files[Array(name)] }
    }
}
