import BoundedInput
import Glibc
import JSONDocuments
import PackedStreams

/// The files of an image on disk, by their paths: in a folder, or in a tar archive that is not packed.
enum ImageFiles {
    case folder(RootFolder)
    case archive([String: ByteSource])

    /// Most entries of an archive; images have a few for each layer.
    private static let maximumEntries = 100_000

    /// Most bytes of a manifest, an index or a configuration.
    private static let documentLimit = 4 << 20

    /// - Parameter path: Of a folder or an archive.
    init(path: String) throws {
        if let folder = try? RootFolder(path: path) {
            self = .folder(folder)
            return
        }
        let number = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard number >= 0 else { throw FileFault.system(code: errno) }
        let file = Descriptor(number)
        guard file.kind == S_IFREG else { throw FileReadError.Reason.notARegularFile }
        let source = try ByteSource(file)
        let start = try source.read(at: 0, count: min(6, source.count))
        if let form = UnpackedStream.Form(beginning: start[...]) {
            throw FileFault.damaged("the archive is packed by \(form): unpack it first")
        }
        self = .archive(try Self.members(of: source))
    }

    /// Where each file of an archive lies in it.
    private static func members(of archive: ByteSource) throws -> [String: ByteSource] {
        var members: [String: ByteSource] = [:]
        let stream = BufferedStream(SourceStream(archive))
        try TarStream(stream).forEach { entry, _ in
            guard entry.kind == .file else { return }
            guard members.count < maximumEntries else { throw FileFault.damaged("more than \(maximumEntries) files") }
            guard let member = archive.part(at: stream.position, count: entry.size) else {
                throw FileFault.damaged("ends too early")
            }
            members[Self.normal(entry.path)] = member
        }
        return members
    }

    private static func normal(_ path: String) -> String {
        path.split(separator: "/").filter { $0 != "." }.joined(separator: "/")
    }

    /// A file.
    ///
    /// - Throws: When there is none.
    func source(_ path: String) throws -> ByteSource {
        switch self {
        case .folder(let folder): return try ByteSource(try folder.openFile(path))
        case .archive(let members):
            guard let member = members[Self.normal(path)] else { throw FileFault.damaged("\(path) is missing") }
            return member
        }
    }

    /// Whether there is such a file.
    func has(_ path: String) -> Bool { (try? source(path)) != nil }

    /// Reads a document.
    func document(_ path: String) throws -> JSONValue {
        let source = try source(path)
        guard source.count <= Self.documentLimit else {
            throw FileFault.damaged("\(path) is larger than \(Self.documentLimit) bytes")
        }
        return try JSONParser().parse(try source.read(at: 0, count: source.count))
    }
}
