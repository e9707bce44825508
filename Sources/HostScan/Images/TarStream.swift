import PackedStreams

/// The entries of a tar archive, in the order in which they come.
///
/// - Source: <https://pubs.opengroup.org/onlinepubs/9799919799/utilities/pax.html>, <https://www.gnu.org/software/tar/manual/html_node/Standard.html>
struct TarStream {
    /// What an entry is.
    enum Kind: Equatable {
        case file, folder
        /// A symbolic link, with what it says.
        case link(String)
        /// Another name of an entry that came before.
        case sameAs(String)
        /// Devices and the like.
        case other
    }

    /// One entry.
    struct Entry {
        /// As it stands, with slashes at its ends or not.
        let path: String
        let kind: Kind
        /// Bytes of a file; 0 for all else.
        let size: Int
        /// Permission bits.
        let mode: Int
    }

    static let blockSize = 512

    /// Most bytes of a long name or of a record of attributes.
    private static let attributesLimit = 1 << 20

    private let stream: BufferedStream

    init(_ stream: BufferedStream) {
        self.stream = stream
    }

    /// Calls `body` with each entry and its bytes, which it may take or leave.
    ///
    /// - Throws: When the archive is damaged; what came before stands.
    func forEach(_ body: (Entry, PartOfStream) throws -> Void) throws {
        var attributes = Attributes()
        while try !stream.isExhausted() {
            let block = try stream.read(Self.blockSize)
            // Two blocks of zeros are the end; what follows fills up.
            guard block.contains(where: { $0 != 0 }) else { return }
            let header = try TarHeader(block)
            let content = PartOfStream(of: stream, count: attributes.size ?? header.size)
            switch header.type {
            case UInt8(ascii: "L"): attributes.path = try Self.text(content)
            case UInt8(ascii: "K"): attributes.target = try Self.text(content)
            case UInt8(ascii: "x"): attributes.read(try content.bytes(limit: Self.attributesLimit))
            case UInt8(ascii: "g"): break
            default:
                let kind = Self.kind(header, attributes)
                let entry = Entry(
                    path: attributes.path ?? header.path, kind: kind, size: kind == .file ? content.left : 0,
                    mode: header.mode)
                attributes = Attributes()
                try body(entry, content)
            }
            try stream.skip(content.left)
            try stream.skip(-content.count & (Self.blockSize - 1))
        }
    }

    private static func text(_ content: PartOfStream) throws -> String {
        String(decoding: try content.bytes(limit: attributesLimit).prefix { $0 != 0 }, as: UTF8.self)
    }

    private static func kind(_ header: TarHeader, _ attributes: Attributes) -> Kind {
        switch header.type {
        case 0, UInt8(ascii: "0"), UInt8(ascii: "7"): (attributes.path ?? header.path).hasSuffix("/") ? .folder : .file
        case UInt8(ascii: "1"): .sameAs(attributes.target ?? header.target)
        case UInt8(ascii: "2"): .link(attributes.target ?? header.target)
        case UInt8(ascii: "5"): .folder
        default: .other
        }
    }

    /// What stands before an entry and replaces what its header says.
    private struct Attributes {
        var path: String?
        var target: String?
        var size: Int?

        /// Reads records "LENGTH KEY=VALUE\n".
        mutating func read(_ bytes: [UInt8]) {
            var rest = bytes[...]
            while let blank = rest.prefix(20).firstIndex(of: UInt8(ascii: " ")),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)), length > blank + 1 - rest.startIndex,
                length <= rest.count
            {
                let record = rest[(blank + 1)..<(rest.startIndex + length - 1)]
                rest = rest.dropFirst(length)
                guard let equals = record.firstIndex(of: UInt8(ascii: "=")) else { continue }
                let value = String(decoding: record[(equals + 1)...], as: UTF8.self)
                switch String(decoding: record[..<equals], as: UTF8.self) {
                case "path": path = value
                case "linkpath": target = value
                case "size": size = Int(value).flatMap { $0 >= 0 ? $0 : nil }
                default: break
                }
            }
        }
    }
}

/// The block before an entry's bytes.
struct TarHeader {
    let path: String
    let target: String
    let size: Int
    let mode: Int
    let type: UInt8

    /// - Throws: ``FileFault`` when its checksum is wrong, or a number is none.
    init(_ block: ArraySlice<UInt8>) throws(FileFault) {
        let bytes = Array(block)
        var sum = 0
        for (index, byte) in bytes.enumerated() { sum += (148..<156).contains(index) ? 0x20 : Int(byte) }
        guard bytes.count == TarStream.blockSize, try Self.number(bytes[148..<156]) == sum else {
            throw .damaged("no tar archive, or a damaged one")
        }
        size = try Self.number(bytes[124..<136])
        mode = try Self.number(bytes[100..<108]) & 0o7777
        type = bytes[156]
        target = Self.text(bytes[157..<257])
        let name = Self.text(bytes[0..<100])
        // GNU tar has times where the standard has the start of long paths.
        let isStandard = bytes[257..<263].elementsEqual("ustar\0".utf8)
        let prefix = isStandard ? Self.text(bytes[345..<500]) : ""
        path = prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    private static func text(_ bytes: ArraySlice<UInt8>) -> String {
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }

    /// Octal digits, or bytes behind one that begins with a set bit.
    private static func number(_ bytes: ArraySlice<UInt8>) throws(FileFault) -> Int {
        if bytes.first == 0x80 { return try bytes.suffix(8).number(at: 0, width: min(8, bytes.count), .big) }
        let digits = bytes.filter { $0 != 0 && $0 != 0x20 }
        if digits.isEmpty { return 0 }
        guard let number = Int(String(decoding: digits, as: UTF8.self), radix: 8), number >= 0 else {
            throw .damaged("no tar archive, or a damaged one")
        }
        return number
    }
}
