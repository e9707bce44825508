/// A handful of paths that are looked for among the 150,000 files of a server's packages.
struct SoughtFiles {
    private let paths: Set<String>
    /// Hashes of the names at the ends of the paths: nearly all files are told apart by their names, without making a string.
    private let names: Set<UInt64>
    private var found: [String] = []

    /// - Parameter paths: As seen from inside the root, through no link.
    init(_ paths: Set<String>) {
        self.paths = paths
        names = Set(paths.map { FileName.with(Self.name(of: $0), Self.hash) })
    }

    private static func name(of path: String) -> String {
        String(path[(path.lastIndex(of: "/").map { path.index(after: $0) } ?? path.startIndex)...])
    }

    /// Looks at a file of a package.
    ///
    /// Packages made before `/bin` and `/lib` became links name their files by the links, and processes by what they lead to.
    mutating func add(_ name: FileName, in folder: () -> String) {
        guard names.contains(Self.hash(name)) else { return }
        let path = "\(folder())/\(name.text)"
        if paths.contains(path) {
            found.append(path)
        } else if paths.contains("/usr" + path) {
            found.append("/usr" + path)
        }
    }

    /// The paths found since the last call.
    mutating func takeFound() -> [String] {
        defer { found = [] }
        return found
    }

    /// FNV-1a.
    private static func hash(_ name: FileName) -> UInt64 {
        name.raw.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
