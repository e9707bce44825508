import Crypto

/// A whole index file in memory: header and sections, digests computed.
struct IndexImage {
    /// The bytes of the file, piece by piece.
    let parts: [[UInt8]]
    /// Lowercase hexadecimal SHA-256 of everything behind the header.
    let digest: String
    /// Bytes of the file.
    let fileSize: Int

    /// Lays the sections out one after the other.
    init(_ sections: IndexSections, builtAt: Int64) throws(IndexBuildError) {
        var parts: [[UInt8]] = []
        var table = SectionBytes()
        var offset = IndexFormat.headerSize
        var hasher = SHA256()
        for section in IndexSection.allCases {
            let bytes = sections[section].bytes
            guard bytes.count / section.stride < Int(IndexFormat.none),
                section.stride > 1 || bytes.count < Int(IndexFormat.none)
            else { throw .tooLarge(part: "\(section) section") }
            table.append(section.rawValue)
            table.append(UInt32(section.stride))
            table.append(UInt64(offset))
            table.append(UInt64(bytes.count))
            let padding = [UInt8](
                repeating: 0,
                count: (IndexFormat.alignment - bytes.count % IndexFormat.alignment) % IndexFormat.alignment)
            for part in [bytes, padding] where !part.isEmpty {
                hasher.update(data: part)
                parts.append(part)
            }
            offset += bytes.count + padding.count
        }
        let content = Array(hasher.finalize())
        fileSize = offset
        digest = Self.hex(content)
        self.parts = [Self.header(table: table.bytes, content: content, fileSize: offset, builtAt: builtAt)] + parts
    }

    private static func header(table: [UInt8], content: [UInt8], fileSize: Int, builtAt: Int64) -> [UInt8] {
        var header = SectionBytes()
        header.append(bytes: IndexFormat.magic)
        header.append(IndexFormat.version)
        header.append(UInt32(IndexFormat.headerSize))
        header.append(UInt64(fileSize))
        header.append(builtAt)
        header.append(bytes: IndexFormat.versionKeyFingerprint)
        header.append(UInt32(IndexSection.allCases.count))
        header.append(UInt32(0))
        header.append(bytes: content)
        header.append(bytes: table)
        header.append(bytes: [UInt8](repeating: 0, count: IndexFormat.headerDigestOffset - header.count))
        header.append(bytes: SHA256.hash(data: header.bytes))
        return header.bytes
    }

    /// Two lowercase digits per byte.
    static func hex(_ bytes: [UInt8]) -> String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }
}
