import BoundedInput
import Glibc

/// What a scan leaves for the next: what the package databases and the tree held, and by what to see that they still do.
///
/// Bytes that only this program reads, and only the build that wrote them. Anything else in them, and anything that does not fit the present root,
/// makes the next scan a full one; so does a day gone by.
struct ScanMemory {
    /// First bytes; the number changes with the form.
    private static let magic = Array("ztscan01".utf8)

    /// Seconds after which everything is read again, whatever it looks like.
    static let lifetime = Int64(86_400)

    /// On what all of it depends beside files: the program, the root, and what is mounted.
    struct Setting: Equatable {
        var program: FileFacts
        var root: FileFacts
        /// Mount points that are left out.
        var foreign: [String]

        static func == (one: Setting, other: Setting) -> Bool {
            one.program == other.program && one.root.isSameFile(as: other.root) && one.foreign == other.foreign
        }
    }

    let setting: Setting
    /// Seconds since 1970 when everything was last read.
    let madeAt: Int64
    /// All from ``opened`` to ``architecture`` as it stands in the memory.
    let databases: UnsafeRawBufferPointer
    /// An ``OpenTrace`` of the package databases.
    let opened: UnsafeRawBufferPointer
    /// A ``Journal`` of them.
    let journal: UnsafeRawBufferPointer
    /// Their ``OwnedFiles``.
    let ownedFiles: UnsafeRawBufferPointer
    /// What packages say of the host's architecture.
    let architecture: String
    /// A ``FolderMemory``.
    let tree: UnsafeRawBufferPointer

    init(_ bytes: UnsafeRawBufferPointer) throws(DamagedMemory) {
        var reader = MemoryReader(bytes)
        guard try reader.part(Self.magic.count).elementsEqual(Self.magic) else { throw DamagedMemory() }
        let sum = try reader.wide()
        guard Self.sum(UnsafeRawBufferPointer(rebasing: bytes[reader.offset...])) == sum else { throw DamagedMemory() }
        madeAt = Int64(bitPattern: try reader.wide())
        let program = try reader.facts()
        let root = try reader.facts()
        var foreign: [String] = []
        for _ in 0..<(try reader.number()) { foreign.append(try reader.text()) }
        setting = Setting(program: program, root: root, foreign: foreign)
        let start = reader.offset
        opened = try reader.sized()
        journal = try reader.sized()
        ownedFiles = try reader.sized()
        architecture = try reader.text()
        databases = UnsafeRawBufferPointer(rebasing: bytes[start..<reader.offset])
        tree = try reader.sized()
    }

    /// Writes a memory.
    ///
    /// - Parameters:
    ///   - databases: ``opened`` to ``architecture`` as they are written.
    static func encode(_ setting: Setting, madeAt: Int64, databases: [UInt8], tree: [UInt8]) -> [UInt8] {
        var bytes = magic
        bytes.reserveCapacity(tree.count + databases.count + 4096)
        bytes.append(wide: 0)
        bytes.append(wide: UInt64(bitPattern: madeAt))
        setting.program.append(to: &bytes)
        setting.root.append(to: &bytes)
        bytes.append(number: setting.foreign.count)
        for path in setting.foreign { bytes.append(sized: path.utf8) }
        bytes.append(contentsOf: databases)
        bytes.append(sized: tree)
        return sealed(bytes)
    }

    /// The same with the sum that its bytes have.
    static func sealed(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        let start = magic.count + 8
        let sum = bytes.withUnsafeBytes { Self.sum(UnsafeRawBufferPointer(rebasing: $0[start...])) }
        withUnsafeBytes(of: sum.littleEndian) { bytes.replaceSubrange((start - 8)..<start, with: $0) }
        return bytes
    }

    /// Notices what disks do to files. Nobody but the program's own user can write there.
    private static func sum(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
        var sum = UInt64(bytes.count)
        var offset = 0
        while offset + 8 <= bytes.count {
            sum = (sum ^ bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9E37_79B9_7F4A_7C15
            sum ^= sum >> 29
            offset += 8
        }
        while offset < bytes.count {
            sum = (sum ^ UInt64(bytes[offset])) &* 0x9E37_79B9_7F4A_7C15
            sum ^= sum >> 29
            offset += 1
        }
        return sum
    }
}
