import BoundedInput

/// Name and version of an installed Python distribution.
///
/// - Source: <https://packaging.python.org/en/latest/specifications/core-metadata/>
struct PythonMetadata: Equatable {
    /// As its author writes it; `nil` when unsaid or empty.
    var name: String?
    /// `nil` when unsaid or empty.
    var version: String?

    /// Name and version come first in practice; the rest of the file is a description.
    private static let firstRead = 4096

    /// Most bytes of one file; descriptions reach some hundred KB.
    private static let limit = 4 << 20

    init() {}

    /// Reads the headers of an open METADATA or PKG-INFO file.
    init(_ file: Descriptor) throws(FileReadError.Reason) {
        let start = try BoundedFile.readPrefix(descriptor: file.number, count: Self.firstRead)
        self.init(headers: start)
        if name == nil || version == nil, start.count == Self.firstRead {
            self.init(headers: start + (try BoundedFile.read(descriptor: file.number, limit: Self.limit)))
        }
    }

    /// Reads the headers of an egg that is a single file, a zip archive.
    init(egg: ByteSource) throws {
        var headers: [UInt8] = []
        let zip = try ZipFile(egg, directoryLimit: 1 << 20, work: UnpackingWork(limit: Self.limit))
        try zip.forEach(where: { $0.elementsEqual("EGG-INFO/PKG-INFO".utf8) }) { entry in
            headers = try zip.read(entry, limit: Self.limit)
        }
        self.init(headers: headers)
    }

    /// Reads "Name: value" lines up to the first empty line. Of repeated headers the first counts.
    init(headers bytes: [UInt8]) {
        for line in bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false) {
            if line.isEmpty || line == [UInt8(ascii: "\r")] { break }
            if let value = Self.value(of: "name:", in: line) { name = name ?? value }
            if let value = Self.value(of: "version:", in: line) { version = version ?? value }
            if name != nil, version != nil { break }
        }
    }

    /// Reads what the folder or file is named: "zope.interface-5.4.0.dist-info", "foo-1.0-py3.11.egg-info",
    /// "foo-1.0-py3.11.egg/EGG-INFO".
    ///
    /// - Parameter path: Of the METADATA or PKG-INFO file inside the folder, or of the single file.
    init(path: String) {
        let endings = [".dist-info", ".egg-info", ".egg"]
        let components = path.split(separator: "/").reversed()
        for component in components.prefix(3) {
            guard let ending = endings.first(where: component.hasSuffix) else { continue }
            let parts = component.dropLast(ending.count).split(separator: "-", maxSplits: 2)
            guard parts.count >= 2 else { return }
            name = String(parts[0])
            version = String(parts[1])
            return
        }
    }

    private static func value(of header: StaticString, in line: ArraySlice<UInt8>) -> String? {
        let length = header.utf8CodeUnitCount
        let matches = header.withUTF8Buffer { header in
            line.count > length && zip(line, header).allSatisfy { $0 == $1 || $0 | 0x20 == $1 }
        }
        guard matches else { return nil }
        let value = line.dropFirst(length).drop { $0 <= 0x20 }
        guard let last = value.lastIndex(where: { $0 > 0x20 }) else { return nil }
        return String(decoding: value[...last], as: UTF8.self)
    }
}
