import Advisories
import Crypto

/// Header of an index file, checked: where each section is, and what the content's digest should be.
struct IndexLayout: Sendable {
    /// Place of each section, by its number minus one.
    private let sections: [Range<Int>]
    /// The promised SHA-256 of everything behind the header.
    let contentDigest: [UInt8]
    /// Unix seconds.
    let builtAt: Int64

    /// Reads and checks the header: its own digest, the file's size, and that each section lies inside the file and holds whole
    /// records. The content is not read.
    init(_ file: UnsafeRawBufferPointer, path: String) throws(IndexError) {
        guard file.count >= 12, file.prefix(8).elementsEqual(IndexFormat.magic) else { throw .notAnIndex(path: path) }
        let version = file.integer(at: 8, as: UInt32.self)
        guard version == IndexFormat.version else { throw .unsupportedFormat(version: version) }
        guard file.count >= IndexFormat.headerSize else { throw .damaged(what: "the header is cut off") }
        let checked = UnsafeRawBufferPointer(rebasing: file[0..<IndexFormat.headerDigestOffset])
        let digest = file[IndexFormat.headerDigestOffset..<IndexFormat.headerSize]
        guard Self.digest(of: checked).elementsEqual(digest) else {
            throw .damaged(what: "the header's digest differs")
        }
        guard file.integer(at: 16, as: UInt64.self) == UInt64(file.count) else {
            throw .damaged(what: "the file is \(file.count) bytes long, not what its header says")
        }
        guard file[32..<40].elementsEqual(IndexFormat.versionKeyFingerprint) else { throw .foreignVersionKeys }
        builtAt = file.integer(at: 24, as: Int64.self)
        contentDigest = Array(file[48..<80])
        sections = try Self.sections(of: file)
        try checkPages(of: file)
    }

    /// The checks are the last section, one for each page before it, and have the digest that the header promises: all other bytes can then
    /// be believed page by page.
    private func checkPages(of file: UnsafeRawBufferPointer) throws(IndexError) {
        let checks = self[.checks]
        let content = checks.lowerBound - IndexFormat.headerSize
        let end =
            checks.upperBound + (IndexFormat.alignment - checks.count % IndexFormat.alignment) % IndexFormat.alignment
        guard checks.count / 8 == (content + IndexFormat.pageSize - 1) / IndexFormat.pageSize, end == file.count,
            IndexSection.allCases.allSatisfy({ $0 == .checks || self[$0].upperBound <= checks.lowerBound })
        else { throw .damaged(what: "the section of checks") }
        let promised = file[IndexFormat.checksDigestOffset..<IndexFormat.checksDigestOffset + 32]
        guard Self.digest(of: UnsafeRawBufferPointer(rebasing: file[checks])).elementsEqual(promised) else {
            throw .damaged(what: "the digest of the checks differs")
        }
    }

    /// Where a section is.
    subscript(section: IndexSection) -> Range<Int> { sections[Int(section.rawValue) - 1] }

    /// How many records a section has.
    func count(_ section: IndexSection) -> Int { self[section].count / section.stride }

    /// SHA-256.
    static func digest(of bytes: UnsafeRawBufferPointer) -> [UInt8] {
        var hasher = SHA256()
        hasher.update(bufferPointer: bytes)
        return hasher.finalize().withUnsafeBytes { Array($0) }
    }

    private static func sections(of file: UnsafeRawBufferPointer) throws(IndexError) -> [Range<Int>] {
        guard file.integer(at: 40, as: UInt32.self) == UInt32(IndexSection.allCases.count) else {
            throw .damaged(what: "the section table has another length")
        }
        var ranges: [Range<Int>] = []
        for (index, section) in IndexSection.allCases.enumerated() {
            let line = IndexFormat.sectionTableOffset + index * IndexFormat.sectionTableStride
            let offset = Int(exactly: file.integer(at: line + 8, as: UInt64.self)) ?? Int.max
            let length = Int(exactly: file.integer(at: line + 16, as: UInt64.self)) ?? Int.max
            guard file.integer(at: line, as: UInt32.self) == section.rawValue,
                file.integer(at: line + 4, as: UInt32.self) == UInt32(section.stride), length % section.stride == 0,
                offset >= IndexFormat.headerSize, offset <= file.count, length <= file.count - offset
            else { throw .damaged(what: "the section table's line for \(section)") }
            ranges.append(offset..<offset + length)
        }
        return ranges
    }
}

extension UnsafeRawBufferPointer {
    /// Reads an integer, least significant byte first. The caller has checked that it lies inside.
    func integer<Value: FixedWidthInteger>(at offset: Int, as type: Value.Type) -> Value {
        Value(littleEndian: loadUnaligned(fromByteOffset: offset, as: type))
    }
}
