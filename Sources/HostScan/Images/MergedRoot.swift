import BoundedInput
import Glibc
import PackedStreams

/// A folder that stands for the root of an image: of each layer, laid over those before it, that is kept which a scan reads.
///
/// Every path is resolved in the tree that is held here, in which a symbolic link has nothing below it: a layer that writes behind a link puts a
/// folder in its place, as stores of layers do. So nothing is ever written or removed outside the folder.
///
/// - Source: <https://github.com/opencontainers/image-spec/blob/main/layer.md>
final class MergedRoot {
    /// What may be written and unpacked.
    struct Limits {
        /// Most bytes on disk.
        var kept = 4 << 30
        /// Most files, folders and links.
        var entries = 500_000
        /// Most bytes that all layers unpack to, besides 32 times of what they are.
        var unpacked = 4 << 30
        /// Folders inside folders.
        var depth = 96
    }

    /// Absolute, without a slash at its end. Gone with this object.
    let path: String

    /// What could not be kept: path and reason.
    private(set) var warnings: [(path: String, reason: String)] = []

    private let limits: Limits
    private let steps: ScanSteps
    private let tree = Node(.folder, layer: 0)
    private var layer = 0
    private var entries = 0
    private var kept = 0
    private let work: UnpackingWork

    /// Makes an empty folder where the system has temporary files, for this user alone.
    ///
    /// - Parameters:
    ///   - packed: Bytes of all layers as they are.
    ///   - steps: Asked before anything is taken from a layer.
    init(packed: Int, limits: Limits = Limits(), steps: ScanSteps = ScanSteps()) throws {
        self.limits = limits
        self.steps = steps
        work = UnpackingWork(limit: limits.unpacked + 32 * min(packed, 1 << 40))
        let parent = getenv("TMPDIR").map { String(cString: $0) } ?? "/tmp"
        var template = Array("\(parent)/zerotrace-image-XXXXXX".utf8CString)
        guard mkdtemp(&template) != nil else { throw FileFault.system(code: errno) }
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    deinit {
        remove(tree, at: path)
        rmdir(path)
    }

    /// Lays a layer over the others.
    ///
    /// - Parameter source: A tar archive, plain or packed by gzip, zstd or xz.
    func apply(_ source: ByteSource) throws {
        layer += 1
        let start = try source.read(at: 0, count: min(6, source.count))
        let plain = BufferedStream(SourceStream(source))
        guard let form = UnpackedStream.Form(beginning: start[...]) else { return try apply(plain) }
        try apply(BufferedStream(MeasuredStream(try UnpackedStream(plain, form: form), work)))
    }

    private func apply(_ stream: BufferedStream) throws {
        try TarStream(stream).forEach { entry, content in
            guard steps.next() else { throw CancellationError() }
            let components = entry.path.split(separator: "/").map(String.init).filter { $0 != "." }
            guard let name = components.last else { return }
            let place = "/" + components.joined(separator: "/")
            guard !components.contains(".."), components.count <= limits.depth,
                components.allSatisfy({ $0.utf8.count <= 255 })
            else { return warn(place, "no path of a file, left out") }
            try put(entry, named: name, in: Array(components.dropLast()), at: place, content)
        }
    }

    private func put(
        _ entry: TarStream.Entry, named name: String, in folder: [String], at place: String, _ content: PartOfStream
    ) throws {
        if name == ".wh..wh..opq" { return clear(folder) }
        if name.hasPrefix(".wh.") { return remove(String(name.dropFirst(4)), in: folder) }
        switch entry.kind {
        case .folder:
            if find(folder + [name])?.kind != .folder { remove(name, in: folder) }
            if Self.keepsFolder(folder) { _ = try make(folder + [name]) }
        case .link(let target):
            remove(name, in: folder)
            guard let parent = try make(folder), hasRoom(place) else { return }
            guard symlink(target, path + place) == 0 else { return warn(place, errno) }
            parent.children[name] = Node(.link, layer: layer)
        case .sameAs(let target):
            let components = target.split(separator: "/").map(String.init).filter { $0 != "." }
            // Another name of itself would remove what it names.
            guard components != folder + [name] else { return }
            remove(name, in: folder)
            guard find(components)?.kind == .file, let parent = try make(folder), hasRoom(place) else { return }
            guard link("\(path)/\(components.joined(separator: "/"))", path + place) == 0 else {
                return warn(place, errno)
            }
            parent.children[name] = Node(.file, layer: layer)
        case .file:
            remove(name, in: folder)
            try write(entry, named: name, in: folder, at: place, content)
        case .other:
            // Overlays mark what was removed by a device.
            remove(name, in: folder)
        }
    }

    private func write(
        _ entry: TarStream.Entry, named name: String, in folder: [String], at place: String, _ content: PartOfStream
    ) throws {
        let interest = Self.interest(in: name, folder.map { "/\($0)" }.joined())
        guard interest != .none else { return }
        if interest == .program, entry.mode & 0o111 == 0 || entry.size < 4096 { return }
        var first = try content.next() ?? []
        // What a piece does not hold comes with the next one.
        while first.count < min(4, entry.size), let more = try content.next() { first += more }
        if interest == .program, !first.starts(with: [0x7F, 0x45, 0x4C, 0x46]) { return }
        guard entry.size <= limits.kept - kept else {
            return warn(place, "there is room for \(limits.kept) bytes of an image, left out")
        }
        guard let parent = try make(folder), hasRoom(place) else { return }
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC
        let number = open(path + place, flags, mode_t(0o600 | (entry.mode & 0o111)))
        guard number >= 0 else { return warn(place, errno) }
        let file = Descriptor(number)
        parent.children[name] = Node(.file, layer: layer)
        kept += entry.size
        var piece: ArraySlice<UInt8>? = first
        while let bytes = piece {
            guard steps.next() else { throw CancellationError() }
            try Self.write(bytes, to: file)
            piece = try content.next()
        }
    }

    private static func write(_ bytes: ArraySlice<UInt8>, to file: Descriptor) throws {
        var rest = bytes
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Glibc.write(file.number, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFault.system(code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// What the scan will want to see: records of package managers, which it looks for by their paths, and what the walk opens.
    private static func interest(in name: String, _ folder: String) -> FileInterest {
        let place = "\(folder)/\(name)"
        if recordPlaces.contains(where: place.hasPrefix) { return .file }
        return FileName.with(name) { name in
            Collectors.collector(for: name, in: { folder })?.interest ?? FileInterest.none
        }
    }

    private static let recordPlaces =
        ["/etc/os-release", "/usr/lib/os-release", "/etc/hostname"]
        + [
            "/var/lib/dpkg/", "/var/lib/rpm/", "/usr/lib/sysimage/rpm/", "/usr/share/rpm/", "/var/lib/rpmmanifest/",
            "/lib/apk/db/", "/usr/lib/apk/db/", "/var/lib/pacman/local/",
        ]

    /// Folders that count by being there.
    private static func keepsFolder(_ parent: [String]) -> Bool { parent == ["nix", "store"] }

    // MARK: The tree

    private final class Node {
        enum Kind {
            case folder, file, link
        }

        let kind: Kind
        /// That which put it here.
        let layer: Int
        var children: [String: Node] = [:]

        init(_ kind: Kind, layer: Int) {
            self.kind = kind
            self.layer = layer
        }
    }

    private func find(_ components: [String]) -> Node? {
        components.reduce(tree) { node, name in node?.children[name] }
    }

    /// The folder of that path, made as far as it is not there; `nil` with a warning when there is no room.
    private func make(_ components: [String]) throws -> Node? {
        var node = tree
        var place = path
        for name in components {
            place += "/\(name)"
            if let child = node.children[name] {
                if child.kind == .folder {
                    node = child
                    continue
                }
                remove(child, at: place)
                node.children[name] = nil
            }
            guard hasRoom(place) else { return nil }
            guard mkdir(place, 0o700) == 0 else { throw FileFault.system(code: errno) }
            let child = Node(.folder, layer: layer)
            node.children[name] = child
            node = child
        }
        return node
    }

    private func remove(_ name: String, in folder: [String]) {
        guard name != ".", name != "..", let parent = find(folder), let node = parent.children[name] else { return }
        remove(node, at: ([path] + folder + [name]).joined(separator: "/"))
        parent.children[name] = nil
    }

    private func remove(_ node: Node, at place: String) {
        for (name, child) in node.children { remove(child, at: "\(place)/\(name)") }
        if node === tree { return }
        entries -= 1
        if node.kind == .folder { rmdir(place) } else { unlink(place) }
    }

    /// Takes away what earlier layers put into a folder.
    private func clear(_ folder: [String]) {
        guard let node = find(folder) else { return }
        clear(node, at: ([path] + folder).joined(separator: "/"))
    }

    private func clear(_ folder: Node, at place: String) {
        for (name, child) in folder.children {
            clear(child, at: "\(place)/\(name)")
            // A folder that this layer went through stays for what it put there.
            guard child.layer < layer, child.children.isEmpty else { continue }
            remove(child, at: "\(place)/\(name)")
            folder.children[name] = nil
        }
    }

    private func hasRoom(_ place: String) -> Bool {
        guard entries < limits.entries else {
            if entries == limits.entries { warn(place, "more than \(limits.entries) files, rest left out") }
            entries = limits.entries + 1
            return false
        }
        entries += 1
        return true
    }

    private func warn(_ place: String, _ code: Int32) {
        warn(place, "\(FileReadError.Reason.system(code: code))")
    }

    private func warn(_ place: String, _ reason: String) {
        if warnings.count < Findings.maximumWarnings { warnings.append((place, reason)) }
    }
}
