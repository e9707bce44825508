import BoundedInput

/// Makes archives and programs, byte by byte, as others write them.
enum PackedSamples {
    /// A file of a zip archive.
    struct Entry {
        let name: String
        let bytes: [UInt8]
        var isDeflated = true
        /// Whether its lengths stand behind it, as Java's own tool writes them.
        var isOpenEnded = false
    }

    static func little(_ value: Int, _ width: Int) -> [UInt8] {
        (0..<width).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
    }

    static func number(_ value: Int, _ width: Int, bigEndian: Bool) -> [UInt8] {
        bigEndian ? little(value, width).reversed() : little(value, width)
    }

    /// What gzip packs stands between its header of 10 bytes and its trailer of 8.
    static func deflated(_ bytes: [UInt8]) -> [UInt8] { Array(Gzip.compress(bytes).dropFirst(10).dropLast(8)) }

    static func zlib(_ bytes: [UInt8]) -> [UInt8] {
        var (low, high): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            low = (low + UInt32(byte)) % 65_521
            high = (high + low) % 65_521
        }
        return [0x78, 0x9C] + deflated(bytes) + little(Int(high << 16 | low), 4).reversed()
    }

    /// - Parameters:
    ///   - prefix: What stands before the archive, as before programs that unpack themselves.
    ///   - isWide: Whether places are told in the fields of Zip64.
    static func zip(
        _ entries: [Entry], prefix: [UInt8] = [], comment: String = "", isWide: Bool = false
    ) -> [UInt8] {
        var body: [UInt8] = []
        var directory: [UInt8] = []
        for entry in entries {
            let packed = entry.isDeflated ? deflated(entry.bytes) : entry.bytes
            let common = little(entry.isDeflated ? 8 : 0, 2) + little(0, 8)
            let sizes = little(packed.count, 4) + little(entry.bytes.count, 4)
            let name = Array(entry.name.utf8)
            let offset = body.count
            let flags = little(entry.isOpenEnded ? 8 : 0, 2)
            body += [0x50, 0x4B, 3, 4] + little(20, 2) + flags + common
            body += (entry.isOpenEnded ? little(0, 8) : sizes) + little(name.count, 2) + little(0, 2) + name + packed
            if entry.isOpenEnded { body += [0x50, 0x4B, 7, 8] + little(0, 4) + sizes }
            let extra =
                isWide
                ? little(1, 2) + little(24, 2) + little(entry.bytes.count, 8) + little(packed.count, 8)
                    + little(offset, 8) : []
            directory += [0x50, 0x4B, 1, 2] + little(20, 2) + little(20, 2) + flags + common
            directory += isWide ? [UInt8](repeating: 0xFF, count: 8) : sizes
            directory += little(name.count, 2) + little(extra.count, 2) + little(0, 2) + little(0, 8)
            directory += (isWide ? [UInt8](repeating: 0xFF, count: 4) : little(offset, 4)) + name + extra
        }
        var end: [UInt8] = []
        if isWide {
            let place = body.count + directory.count
            end += [0x50, 0x4B, 6, 6] + little(44, 8) + little(45, 2) + little(45, 2) + little(0, 8)
            end += little(entries.count, 8) + little(entries.count, 8) + little(directory.count, 8)
            end += little(body.count, 8) + [0x50, 0x4B, 6, 7] + little(0, 4) + little(place, 8) + little(1, 4)
        }
        end += [0x50, 0x4B, 5, 6] + little(0, 4)
        end +=
            isWide
            ? [UInt8](repeating: 0xFF, count: 12)
            : little(entries.count, 2) + little(entries.count, 2) + little(directory.count, 4) + little(body.count, 4)
        end += little(comment.utf8.count, 2) + Array(comment.utf8)
        return prefix + body + directory + end
    }

    /// A program in the Executable and Linkable Format.
    ///
    /// - Parameters:
    ///   - sections: Their names and bytes; with `nil` there is no table of sections.
    ///   - data: A writable segment, loaded at `address`.
    static func elf(
        sections: [(String, [UInt8])]?, data: [UInt8] = [], address: Int = 0x40_0000, width: Int = 8,
        bigEndian: Bool = false
    ) -> [UInt8] {
        func field(_ value: Int, _ width: Int) -> [UInt8] { number(value, width, bigEndian: bigEndian) }
        let headerSize = width == 8 ? 64 : 52
        let segmentSize = width == 8 ? 56 : 32
        let dataOffset = 256
        var names: [UInt8] = [0]
        var body: [UInt8] = []
        var table: [UInt8] = []
        func entry(name: Int, kind: Int, offset: Int, count: Int) -> [UInt8] {
            field(name, 4) + field(kind, 4) + field(0, width) + field(0, width) + field(offset, width)
                + field(count, width) + [UInt8](repeating: 0, count: width == 8 ? 24 : 16)
        }
        table += entry(name: 0, kind: 0, offset: 0, count: 0)
        for (name, bytes) in sections ?? [] {
            table += entry(name: names.count, kind: 1, offset: dataOffset + data.count + body.count, count: bytes.count)
            names += Array(name.utf8) + [0]
            body += bytes
        }
        let namesOffset = dataOffset + data.count + body.count
        table += entry(name: 0, kind: 3, offset: namesOffset, count: names.count)
        let tableOffset = sections == nil ? 0 : namesOffset + names.count
        let count = sections.map { $0.count + 2 } ?? 0
        var file: [UInt8] = [0x7F, 0x45, 0x4C, 0x46, width == 8 ? 2 : 1, bigEndian ? 2 : 1, 1]
        file += [UInt8](repeating: 0, count: 9) + field(2, 2) + field(62, 2) + field(1, 4) + field(0, width)
        file += field(headerSize, width) + field(tableOffset, width) + field(0, 4) + field(headerSize, 2)
        file += field(segmentSize, 2) + field(1, 2) + field(width == 8 ? 64 : 40, 2) + field(count, 2)
        file += field(max(0, count - 1), 2)
        let places = [field(dataOffset, width), field(address, width), field(address, width)].flatMap(\.self)
        let sizes = field(data.count, width) + field(data.count, width)
        // Writable and readable; the flags stand at another place in narrow files.
        file += field(1, 4) + (width == 8 ? field(6, 4) : []) + places + sizes
        file += (width == 8 ? [] : field(6, 4)) + field(4096, width)
        file += [UInt8](repeating: 0, count: dataOffset - file.count)
        file += data + body
        if sections != nil { file += names + table }
        // What is shorter is taken for no program.
        return file + [UInt8](repeating: 0, count: max(0, 4096 - file.count))
    }

    /// Go's build information since 1.18.
    static func goInline(_ toolchain: String, _ modules: String) -> [UInt8] {
        func text(_ bytes: [UInt8]) -> [UInt8] {
            var length = bytes.count
            var head: [UInt8] = []
            while length >= 0x80 {
                head.append(UInt8(length & 0x7F) | 0x80)
                length >>= 7
            }
            return head + [UInt8(length)] + bytes
        }
        let header = [0xFF] + Array(" Go buildinf:".utf8) + [8, 2]
        return header + [UInt8](repeating: 0, count: 32 - header.count) + text(Array(toolchain.utf8))
            + text(framed(modules))
    }

    /// The same before 1.18: addresses of the texts' headers. To be loaded at `address`.
    static func goPointed(
        _ toolchain: String, _ modules: String, address: Int, width: Int, bigEndian: Bool
    ) -> [UInt8] {
        func field(_ value: Int) -> [UInt8] { number(value, width, bigEndian: bigEndian) }
        let texts = (Array(toolchain.utf8), framed(modules))
        let headers = address + 32
        var header = [0xFF] + Array(" Go buildinf:".utf8) + [UInt8(width), bigEndian ? 1 : 0]
        header += field(headers) + field(headers + 2 * width)
        header += [UInt8](repeating: 0, count: 32 - header.count)
        let start = headers + 4 * width
        header += field(start) + field(texts.0.count) + field(start + texts.0.count) + field(texts.1.count)
        return header + texts.0 + texts.1
    }

    private static func framed(_ modules: String) -> [UInt8] {
        modules.isEmpty
            ? [] : [UInt8](repeating: 0x30, count: 16) + Array(modules.utf8) + [UInt8](repeating: 0xF9, count: 16)
    }
}
