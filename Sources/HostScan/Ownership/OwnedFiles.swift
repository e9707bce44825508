/// The files of distribution packages that a file collector would take for packages of its own.
///
/// Distribution packages own about 150,000 files on a server. Only those that a collector wants are kept.
struct OwnedFiles {
    /// Most paths that are kept; the rest is one warning.
    static let maximumPaths = 200_000

    /// Where distributions install nothing (Debian Policy 9.1.1 and 9.1.2, Filesystem Hierarchy Standard 3.13 and 4.9).
    private static let foreignFolders = ["/opt/", "/usr/local/"]

    /// As seen from inside the root.
    private(set) var paths: Set<String> = []

    /// How many paths were left out for being too many.
    private(set) var omitted = 0

    var isEmpty: Bool { paths.isEmpty }

    /// Whether a distribution package has this file, and its advisories decide for what it describes.
    ///
    /// Where `/bin` and `/lib` are links to those in `/usr`, packages made before that was so name their files by the links.
    ///
    /// - Source: <https://wiki.debian.org/UsrMerge>
    func contains(_ path: String) -> Bool {
        paths.contains(path) || path.hasPrefix("/usr/") && paths.contains(String(path.dropFirst(4)))
    }

    /// Notes a file of a package, unless no collector wants it or it lies where distributions install no such package.
    ///
    /// - Parameters:
    ///   - name: Of the file.
    ///   - folder: As seen from inside the root, without a slash at its end; asked for wanted names only.
    ///   - format: Of the package that has the file.
    mutating func add(_ name: FileName, in folder: () -> String, of format: PackageFormat) {
        guard let collector = Collectors.collector(for: name, in: folder) else { return }
        let path = "\(folder())/\(name.text)"
        guard !Self.foreignFolders.contains(where: path.hasPrefix) else { return }
        guard collector.isDistributionPlace(path, of: format) else { return }
        guard paths.count < Self.maximumPaths || paths.contains(path) else { return omitted += 1 }
        paths.insert(path)
    }

    init() {}

    /// Reads what ``append(to:)`` wrote.
    init(_ bytes: UnsafeRawBufferPointer) throws(DamagedMemory) {
        var reader = MemoryReader(bytes)
        while !reader.isAtEnd { paths.insert(try reader.text()) }
    }

    /// Writes all paths, in one order.
    func append(to bytes: inout [UInt8]) {
        for path in paths.sorted() { bytes.append(sized: path.utf8) }
    }

    /// Takes over what was noted elsewhere.
    mutating func formUnion(_ other: OwnedFiles) {
        omitted += other.omitted
        for path in other.paths {
            guard paths.count < Self.maximumPaths || paths.contains(path) else {
                omitted += 1
                continue
            }
            paths.insert(path)
        }
    }
}
