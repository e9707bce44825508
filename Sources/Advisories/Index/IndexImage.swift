import Crypto

/// A whole index file in memory: header and sections, digests computed.
struct IndexImage {
    /// The bytes of the file, piece by piece.
    let parts: [[UInt8]]
    /// Lowercase hexadecimal SHA-256 of everything behind the header.
    let digest: String
    /// The same as 32 bytes.
    let content: [UInt8]
    /// Bytes of the file.
    let fileSize: Int

    /// Lays the sections out one after the other, the checks of all pages last.
    init(_ sections: IndexSections, builtAt: Int64) throws(IndexBuildError) {
        var parts: [[UInt8]] = []
        var table = SectionBytes()
        var offset = IndexFormat.headerSize
        func add(_ section: IndexSection, _ bytes: [UInt8]) throws(IndexBuildError) {
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
            parts += [bytes, padding].filter { !$0.isEmpty }
            offset += bytes.count + padding.count
        }
        for section in IndexSection.allCases where section != .checks { try add(section, sections[section].bytes) }
        let (digested, checks) = Self.digests(of: parts)
        var hasher = digested
        let before = parts.count
        try add(.checks, checks)
        for part in parts[before...] { hasher.update(data: part) }
        content = Array(hasher.finalize())
        fileSize = offset
        digest = IndexFormat.hex(content)
        let header = Self.header(
            table: table.bytes, content: content, checks: Array(SHA256.hash(data: checks)), fileSize: offset,
            builtAt: builtAt)
        self.parts = [header] + parts
    }

    /// The digest of the parts so far and the checks of their pages, each worked out by a thread of its own.
    private static func digests(of parts: [[UInt8]]) -> (hasher: SHA256, checks: [UInt8]) {
        together {
            var hasher = SHA256()
            for part in parts { hasher.update(data: part) }
            return hasher
        } _: {
            checks(parts)
        }
    }

    /// One check for each page of the parts taken as one run of bytes; the last page may be shorter.
    private static func checks(_ parts: [[UInt8]]) -> [UInt8] {
        var section = SectionBytes()
        var page: [UInt8] = []
        page.reserveCapacity(IndexFormat.pageSize)
        for part in parts {
            part.withUnsafeBytes { bytes in
                var offset = 0
                while offset < bytes.count {
                    let piece = min(IndexFormat.pageSize - page.count, bytes.count - offset)
                    let run = UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + piece])
                    offset += piece
                    if piece == IndexFormat.pageSize {
                        section.append(PageCheck.value(run))
                    } else {
                        page.append(contentsOf: run)
                        if page.count == IndexFormat.pageSize { flush(&page, to: &section) }
                    }
                }
            }
        }
        flush(&page, to: &section)
        return section.bytes
    }

    private static func flush(_ page: inout [UInt8], to section: inout SectionBytes) {
        guard !page.isEmpty else { return }
        section.append(page.withUnsafeBytes { PageCheck.value($0) })
        page.removeAll(keepingCapacity: true)
    }

    private static func header(
        table: [UInt8], content: [UInt8], checks: [UInt8], fileSize: Int, builtAt: Int64
    ) -> [UInt8] {
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
        header.append(bytes: [UInt8](repeating: 0, count: IndexFormat.checksDigestOffset - header.count))
        header.append(bytes: checks)
        header.append(bytes: [UInt8](repeating: 0, count: IndexFormat.headerDigestOffset - header.count))
        header.append(bytes: SHA256.hash(data: header.bytes))
        return header.bytes
    }
}
