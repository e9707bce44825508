/// What the Go toolchain writes into each program: its own version, the main module and the modules that it depends on.
///
/// - Source: <https://pkg.go.dev/debug/buildinfo>, <https://pkg.go.dev/runtime/debug#BuildInfo>
struct GoBuildInformation: Equatable {
    /// A module and its version; `nil` for "(devel)".
    struct Module: Equatable {
        let path: String
        let version: String?
    }

    /// "go1.22.1"
    var toolchain = ""
    /// `nil` for programs that were built without modules.
    var main: Module?
    /// With replacements in place.
    var dependencies: [Module] = []

    static let section = ".go.buildinfo"
    private static let magic: [UInt8] = [0xFF] + Array(" Go buildinf:".utf8)
    private static let headerSize = 32

    /// Most bytes of the version and of the list of modules.
    private static let limit = 16 << 20

    /// Most bytes of a segment that are searched where there is no table of sections.
    private static let searchLimit = 1 << 20

    /// - Returns: `nil` when it is no Go program.
    init?(_ program: ElfFile, section: ElfFile.Piece?) throws {
        guard let blob = try Self.blob(program, section), blob.count >= Self.headerSize else { return nil }
        let header = try blob.read(at: 0, count: Self.headerSize)
        guard header.starts(with: Self.magic) else { return nil }
        let texts =
            header[15] & 2 != 0
            ? try Self.inlineTexts(blob) : try Self.pointedTexts(program, header)
        self.init(toolchain: texts.toolchain, modules: texts.modules)
    }

    /// - Parameters:
    ///   - toolchain: As the program says it.
    ///   - modules: Lines of fields between tabs, with or without the 16 bytes around them that the linker puts there.
    init(toolchain: [UInt8], modules: [UInt8]) {
        self.toolchain = String(decoding: toolchain, as: UTF8.self)
        let isFramed = modules.count >= 33 && modules[modules.count - 17] == UInt8(ascii: "\n")
        read(String(decoding: isFramed ? modules[16..<(modules.count - 16)] : [], as: UTF8.self))
    }

    private mutating func read(_ lines: String) {
        for line in lines.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
            guard fields.count >= 2, !fields[1].isEmpty else { continue }
            let version = fields.count >= 3 && fields[2] != "(devel)" && !fields[2].isEmpty ? String(fields[2]) : nil
            let module = Module(path: String(fields[1]), version: version)
            switch fields[0] {
            case "mod": main = module
            case "dep": dependencies.append(module)
            // A replacement by a folder has neither name nor version of its own.
            case "=>" where !dependencies.isEmpty && version != nil: dependencies[dependencies.count - 1] = module
            default: break
            }
        }
    }

    /// Where the information stands: its section, or the start of the data where there are no sections.
    private static func blob(_ program: ElfFile, _ section: ElfFile.Piece?) throws -> ByteSource? {
        if let section { return program.source.part(at: section.offset, count: section.count) }
        guard try !program.hasSections(), let data = try program.segments().first(where: \.isWritable) else {
            return nil
        }
        let bytes = try program.source.read(at: data.offset, count: min(data.count, searchLimit))
        // The linker puts it at a multiple of 16.
        for start in stride(from: 0, to: bytes.count, by: 16) where bytes[start...].starts(with: magic) {
            return program.source.part(at: data.offset + start, count: data.count - start)
        }
        return nil
    }

    private typealias Texts = (toolchain: [UInt8], modules: [UInt8])

    /// Since Go 1.18 both texts follow the header, each behind its length.
    private static func inlineTexts(_ blob: ByteSource) throws -> Texts {
        var offset = headerSize
        func text() throws -> [UInt8] {
            let start = try blob.read(at: offset, count: min(10, blob.count - offset))
            var length = 0
            var shift = 0
            for (index, byte) in start.enumerated() {
                length |= Int(byte & 0x7F) << shift
                shift += 7
                guard byte & 0x80 == 0 else {
                    guard shift <= 28 else { break }
                    continue
                }
                guard length <= limit else { break }
                defer { offset += index + 1 + length }
                return try blob.read(at: offset + index + 1, count: length)
            }
            throw FileFault.damaged("Go build information without an end")
        }
        return (try text(), try text())
    }

    /// Before, the header held addresses of string headers: pointer and length.
    private static func pointedTexts(_ program: ElfFile, _ header: [UInt8]) throws -> Texts {
        let size = Int(header[14])
        guard size == 4 || size == 8 else {
            throw FileFault.damaged("Go build information with pointers of \(size) bytes")
        }
        let isBigEndian = header[15] & 1 != 0
        let segments = try program.segments()
        func bytes(at address: Int, count: Int) throws -> [UInt8] {
            guard let segment = segments.first(where: { $0.address <= address && address - $0.address < $0.count })
            else { throw FileFault.damaged("Go build information at a place that is not loaded") }
            return try program.source.read(at: segment.offset + (address - segment.address), count: count)
        }
        let fields = Fields(header, isBigEndian: isBigEndian)
        func text(at place: Int) throws -> [UInt8] {
            let address = try fields.number(at: place, width: size)
            // No text: the program was built without modules.
            guard address != 0 else { return [] }
            let string = Fields(try bytes(at: address, count: 2 * size), isBigEndian: isBigEndian)
            let length = try string.number(at: size, width: size)
            guard length > 0 else { return [] }
            guard length <= limit else { throw FileFault.damaged("Go build information of \(length) bytes") }
            return try bytes(at: try string.number(at: 0, width: size), count: length)
        }
        return (try text(at: 16), try text(at: 16 + size))
    }
}
