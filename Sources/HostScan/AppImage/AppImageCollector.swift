import PackageIdentity

/// Applications in one file, a program with a SquashFS image behind it: what the desktop entry in the image says, else the file's name.
///
/// Read are images of type 2, of SquashFS packed by zlib, xz or zstd. Of others the name of the file is left, as it is of images that were packed by
/// another method. What is within is its publisher's affair, and not walked.
///
/// - Source: <https://github.com/AppImage/AppImageSpec/blob/master/draft.md>
struct AppImageCollector: FileCollector {
    private static let mark = Array("AI\u{2}".utf8)

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.hasSuffix(".AppImage") || name.hasSuffix(".appimage")
    }

    var interest: FileInterest { .fileItself }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { true }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let fileName = AppImageFileName(path.split(separator: "/").last.map(String.init) ?? "")
            var entry = DesktopEntry()
            do {
                entry = try Self.desktopEntry(try ByteSource(file))
            } catch {
                guard fileName.version != nil else { throw error }
                findings.warn(path, "known by its name alone: \(error)")
            }
            let name = entry.name.map { $0.lowercased().split(separator: " ").joined(separator: "-") } ?? fileName.name
            guard let version = entry.version ?? fileName.version else {
                throw FileFault.damaged("\(name) does not state its version, left out")
            }
            findings.add(at: path) { () throws(PackageURLError) in
                try PackageURL(type: "generic", name: name, version: version)
            }
        }
    }

    /// The entry in the image's outermost folder, or the one that a link there leads to.
    private static func desktopEntry(_ source: ByteSource) throws -> DesktopEntry {
        guard let program = try ElfFile(source) else { throw FileFault.damaged("no AppImage") }
        guard try source.read(at: 8, count: 3) == mark else { throw FileFault.damaged("no AppImage of type 2") }
        let start = try program.end()
        guard let part = source.part(at: start, count: max(0, source.count - start)) else {
            throw FileFault.damaged("ends too early")
        }
        let image = try SquashFS(part)
        let entries = try image.entries(of: try image.root())
        guard let entry = entries.first(where: { $0.name.hasSuffix(".desktop") }) else {
            throw FileFault.damaged("no desktop entry")
        }
        var inode = try image.inode(at: entry.place)
        if let target = try image.target(of: inode) {
            inode = try image.root()
            for name in target.split(separator: "/").prefix(16) where name != "." {
                guard let next = try image.entries(of: inode).first(where: { $0.name == name }) else {
                    throw FileFault.damaged("the desktop entry is a link to nowhere")
                }
                inode = try image.inode(at: next.place)
            }
        }
        return DesktopEntry(try image.read(inode))
    }
}

/// What a desktop entry says of an application.
struct DesktopEntry: Equatable {
    /// "Obsidian", in no language.
    private(set) var name: String?
    /// As the tools that make AppImages write it; the key "Version" is that of the entry's own format.
    private(set) var version: String?

    init() {}

    /// - Parameter bytes: Only the first group counts, and of repeated keys the first.
    init(_ bytes: [UInt8]) {
        var groups = 0
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if line.hasPrefix("[") { groups += 1 }
            guard groups == 1, let equals = line.firstIndex(of: "=") else { continue }
            let value = String(line[line.index(after: equals)...].trimmed)
            guard !value.isEmpty else { continue }
            switch line[..<equals].trimmed {
            case "Name": name = name ?? value
            case "X-AppImage-Version": version = version ?? value
            default: break
            }
        }
    }
}

/// "Obsidian-1.5.3-arm64.AppImage": name and version as most publishers write them.
struct AppImageFileName: Equatable {
    let name: String
    /// `nil` when there is none in it.
    let version: String?

    init(_ fileName: String) {
        let stem = fileName.lastIndex(of: ".").map { fileName[..<$0] } ?? fileName[...]
        let parts = stem.split { $0 == "-" || $0 == "_" }
        let place = parts.firstIndex { part in
            let number = part.first == "v" ? part.dropFirst() : part
            return number.first?.isNumber == true && number.contains(".")
        }
        let names = parts[..<(place ?? min(1, parts.count))]
        name = names.isEmpty ? stem.lowercased() : names.joined(separator: "-").lowercased()
        version = place.map { String(parts[$0].first == "v" ? parts[$0].dropFirst() : parts[$0]) }
    }
}
