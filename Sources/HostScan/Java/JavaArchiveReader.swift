import Inventory
import PackedStreams

/// Reads an archive with all the archives in it, under limits for all of it together.
///
/// An archive within another is read where it lies if it is stored, as Spring Boot does it. One that is packed is unpacked in memory as long as
/// there is room, and else read as it unpacks, in pieces.
struct JavaArchiveReader {
    /// Archives in archives: a library in a web archive in an enterprise archive is 2 deep.
    static let maximumDepth = 6
    /// Most archives of one file; a large application server brings some hundreds.
    static let maximumArchives = 10_000
    /// Most bytes that are held at once of all archives around the one that is read: their directories, and what is unpacked in memory.
    static let memoryLimit = 16 << 20
    /// Most bytes of a `pom.properties`, and of a manifest: what is read of it comes first.
    static let textLimit = 64 << 10
    /// Most `pom.properties` of one archive.
    static let maximumProperties = 4_096
    /// Most bytes of what is noted of one file, names of archives within archives above all.
    static let notesLimit = 8 << 20

    private(set) var artifacts: [(place: String, artifact: JavaArtifact)] = []
    private(set) var plugins: [(place: String, plugin: JetBrainsPlugin)] = []
    private(set) var warnings: [ScanWarning] = []
    private let path: String
    private let work: UnpackingWork
    private var archives = 0
    private var held = 0
    private var notes = 0

    /// - Parameters:
    ///   - path: Of the file.
    ///   - size: Of the file. Archives of classes become some three times smaller; 16 times as much is unpacked, for all archives in it
    ///     together, and what a small file needs in any case.
    init(path: String, size: Int) {
        self.path = path
        work = UnpackingWork(limit: 64 << 20 + 16 * min(size, 1 << 32))
    }

    /// Reads the file.
    mutating func read(_ source: ByteSource) {
        read(source, at: path, depth: 0)
    }

    /// - Parameter path: Where the archive is; of one within another "outer.war!/WEB-INF/lib/inner.jar".
    private mutating func read(_ source: ByteSource, at path: String, depth: Int) {
        attempt(at: path) { reader in
            let zip = try ZipFile(source, directoryLimit: Self.memoryLimit - reader.held, work: reader.work)
            try reader.holding(zip.memory) { reader in
                var archive = JavaArchive(path: path)
                var properties = 0
                try zip.forEach(where: JavaArchive.isOfInterest) { entry in
                    if JavaArchive.isArchive(entry.name) {
                        reader.readInner(entry, of: zip, at: "\(path)!/\(entry.name)", depth: depth + 1)
                    } else {
                        try Self.read(entry.name, of: &archive, &properties) { limit, cutsOff in
                            try zip.read(entry, limit: limit, cutsOff: cutsOff)
                        }
                    }
                }
                reader.note(archive, at: path)
            }
        }
    }

    private mutating func readInner(_ entry: ZipFile.Entry, of zip: ZipFile, at path: String, depth: Int) {
        guard canRead(path, depth: depth) else { return }
        attempt(at: path) { reader in
            if let stored = try zip.stored(entry) { return reader.read(stored, at: path, depth: depth) }
            let stream = try zip.stream(entry)
            // An archive needs room for its directory as well, which is a small part of it.
            guard entry.count <= (Self.memoryLimit - reader.held) / 4 * 3 else {
                return try reader.read(stream, at: path, depth: depth)
            }
            let bytes = try stream.bytes(limit: entry.count)
            reader.holding(bytes.count) { $0.read(ByteSource(bytes), at: path, depth: depth) }
        }
    }

    /// Reads an archive as it unpacks, and those in it likewise.
    private mutating func read(_ stream: any ByteStream, at path: String, depth: Int) throws {
        var archive = JavaArchive(path: path)
        var properties = 0
        // What came before a damaged place was there.
        defer { note(archive, at: path) }
        try ZipStream(stream, work).forEach(where: JavaArchive.isOfInterest) { name, content in
            if JavaArchive.isArchive(name) {
                let place = "\(path)!/\(name)"
                guard canRead(place, depth: depth + 1) else { return }
                attempt(at: place) { reader in
                    try reader.read(content, at: place, depth: depth + 1)
                }
            } else {
                try Self.read(name, of: &archive, &properties) { limit, cutsOff in
                    try content.bytes(limit: limit, cutsOff: cutsOff)
                }
            }
        }
    }

    /// Reads what an archive says of itself.
    private static func read(
        _ name: String, of archive: inout JavaArchive, _ properties: inout Int,
        bytes: (_ limit: Int, _ cutsOff: Bool) throws -> [UInt8]
    ) throws {
        if name == JavaArchive.manifest {
            archive.readManifest(try bytes(textLimit, true))
        } else if name == JetBrainsPlugin.description {
            archive.plugin = JetBrainsPlugin(try bytes(JetBrainsPlugin.limit, true))
        } else if properties < maximumProperties {
            properties += 1
            archive.readProperties(try bytes(textLimit, false))
        }
    }

    /// Whether another archive may be read; the reason becomes a warning, but once for all that follow.
    private mutating func canRead(_ path: String, depth: Int) -> Bool {
        guard depth <= Self.maximumDepth else {
            warn(path, "deeper than \(Self.maximumDepth) archives")
            return false
        }
        archives += 1
        if archives == Self.maximumArchives { warn(path, "more than \(Self.maximumArchives) archives, rest left out") }
        return archives < Self.maximumArchives
    }

    private mutating func attempt(at path: String, _ body: (inout JavaArchiveReader) throws -> Void) {
        do { try body(&self) } catch { warn(path, "\(error)") }
    }

    private mutating func note(_ archive: JavaArchive, at path: String) {
        if let plugin = archive.plugin, hasRoom(path.utf8.count + plugin.id.utf8.count + 64) {
            plugins.append((path, plugin))
        }
        for artifact in archive.artifacts where hasRoom(path.utf8.count + artifact.length + 64) {
            artifacts.append((path, artifact))
        }
    }

    private mutating func warn(_ path: String, _ reason: String) {
        if hasRoom(path.utf8.count + reason.utf8.count) { warnings.append(ScanWarning(path: path, reason: reason)) }
    }

    /// Whether so many bytes more may be noted; that there is no more room is a warning itself.
    private mutating func hasRoom(_ count: Int) -> Bool {
        guard notes <= Self.notesLimit else { return false }
        notes += count
        if notes > Self.notesLimit {
            let reason = "more than \(Self.notesLimit) bytes to note, rest left out"
            warnings.append(ScanWarning(path: path, reason: reason))
        }
        return notes <= Self.notesLimit
    }

    private mutating func holding(_ count: Int, _ body: (inout JavaArchiveReader) throws -> Void) rethrows {
        held += count
        defer { held -= count }
        try body(&self)
    }
}
