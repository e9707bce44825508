/// The files of `/proc/PID/maps` that a process may execute.
///
/// - Source: proc_pid_maps(5).
struct MappedFiles {
    /// A file, by the name that the kernel has for it.
    struct File: Hashable {
        /// As the process sees it; what package managers append while they work is cut off.
        let path: String
        let identity: FileIdentity
        /// Whether it has no name any more.
        let isDeleted: Bool
    }

    /// Most files of one process.
    static let maximumFiles = 20_000

    private(set) var files: Set<File> = []
    private var last: [UInt8] = []

    /// What has no file behind it, or a file that its own program made and removed.
    private static let foreign = [
        "/memfd:", "/dev/", "/SYSV", "/[aio]", "/anon_hugepage", "/drm ", "/i915", "/dmabuf", "/tmp/", "/var/tmp/",
        "/run/", "/proc/",
        "/sys/",
    ]

    private static let deleted = Array(" (deleted)".utf8)

    /// Takes a line, without its end. What is no line of `maps` is left out.
    mutating func take(_ line: [UInt8]) {
        let blank = UInt8(ascii: " ")
        // Addresses, permissions, offset, device, number, blanks, path.
        var fields: [Range<Int>] = []
        var start = 0
        while fields.count < 5, let end = line[start...].firstIndex(of: blank) {
            fields.append(start..<end)
            start = end + 1
        }
        guard fields.count == 5, let first = line[start...].firstIndex(where: { $0 != blank }),
            line[first] == UInt8(ascii: "/"), fields[1].count == 4, line[fields[1].lowerBound + 2] == UInt8(ascii: "x")
        else { return }
        // Parts of one file stand in a row.
        let rest = line[fields[3].lowerBound...]
        if rest.elementsEqual(last) { return }
        last = Array(rest)
        guard let number = UInt64(String(decoding: line[fields[4]], as: UTF8.self)), number != 0,
            files.count < Self.maximumFiles
        else { return }
        var path = line[first...]
        let isDeleted = path.count > Self.deleted.count && path.suffix(Self.deleted.count).elementsEqual(Self.deleted)
        if isDeleted { path = path.dropLast(Self.deleted.count) }
        let text = String(decoding: path, as: UTF8.self)
        if Self.foreign.contains(where: text.hasPrefix) { return }
        let device = String(decoding: line[fields[3]], as: UTF8.self)
        files.insert(
            File(
                path: isDeleted ? Self.settledName(text) : text,
                identity: FileIdentity(device: device, number: number), isDeleted: isDeleted))
    }

    /// The name that a file has outside of an installation: dpkg renames "a.dpkg-new" and "a.dpkg-tmp", rpm "a;6553f1a0".
    static func settledName(_ path: String) -> String {
        for suffix in [".dpkg-new", ".dpkg-tmp"] where path.hasSuffix(suffix) {
            return String(path.dropLast(suffix.count))
        }
        guard let mark = path.lastIndex(of: ";") else { return path }
        let number = path[path.index(after: mark)...]
        return number.count == 8 && number.allSatisfy(\.isHexDigit) ? String(path[..<mark]) : path
    }
}
