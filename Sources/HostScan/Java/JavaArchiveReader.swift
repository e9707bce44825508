import Inventory

/// Reads an archive with all the archives in it, under limits for all of it together.
struct JavaArchiveReader {
    /// Archives in archives: a library in a web archive in an enterprise archive is 2 deep.
    static let maximumDepth = 6
    /// Most archives of one file; a large application server brings some hundreds.
    static let maximumArchives = 10_000
    /// Most bytes of one packed archive within another; it is unpacked in memory.
    static let archiveLimit = 128 << 20
    /// Most bytes that are unpacked of one file.
    static let unpackedLimit = 512 << 20
    /// Most bytes of a `pom.properties`, and of a manifest: what is read of it comes first.
    static let textLimit = 64 << 10
    /// Most `pom.properties` of one archive.
    static let maximumProperties = 4_096

    private(set) var artifacts: [(place: String, artifact: JavaArtifact)] = []
    private(set) var warnings: [ScanWarning] = []
    private var archives = 0
    private var unpacked = 0

    /// - Parameter path: Where the archive is; of one within another "outer.war!/WEB-INF/lib/inner.jar".
    mutating func read(_ source: ByteSource, at path: String, depth: Int) {
        archives += 1
        do {
            try readArchive(source, at: path, depth: depth)
        } catch {
            warnings.append(ScanWarning(path: path, reason: "\(error)"))
        }
    }

    private mutating func readArchive(_ source: ByteSource, at path: String, depth: Int) throws {
        let zip = try ZipFile(source)
        var archive = JavaArchive(path: path)
        var inner: [ZipFile.Entry] = []
        var properties = 0
        try zip.forEach(where: JavaArchive.isOfInterest) { entry in
            if JavaArchive.endings.contains(where: { entry.name.hasSuffix("\($0)") }) {
                // One more than are read, for the warning.
                if inner.count <= Self.maximumArchives { inner.append(entry) }
            } else if entry.name == JavaArchive.manifest {
                archive.readManifest(try zip.read(entry, limit: Self.textLimit, cutsOff: true))
            } else if properties < Self.maximumProperties {
                properties += 1
                archive.readProperties(try zip.read(entry, limit: Self.textLimit))
            }
        }
        artifacts += archive.artifacts.map { (path, $0) }
        for entry in inner { readInner(entry, of: zip, at: "\(path)!/\(entry.name)", depth: depth + 1) }
    }

    private mutating func readInner(_ entry: ZipFile.Entry, of zip: ZipFile, at path: String, depth: Int) {
        do {
            guard depth <= Self.maximumDepth else { throw MalformedFile("deeper than \(Self.maximumDepth) archives") }
            guard archives < Self.maximumArchives else {
                // One warning is enough for all that follow.
                if archives == Self.maximumArchives {
                    archives += 1
                    throw MalformedFile("more than \(Self.maximumArchives) archives, rest left out")
                }
                return
            }
            if let stored = try zip.stored(entry) { return read(stored, at: path, depth: depth) }
            let room = min(Self.archiveLimit, Self.unpackedLimit - unpacked)
            let bytes = try zip.read(entry, limit: room)
            unpacked += bytes.count
            read(ByteSource(bytes), at: path, depth: depth)
        } catch {
            warnings.append(ScanWarning(path: path, reason: "\(error)"))
        }
    }
}
