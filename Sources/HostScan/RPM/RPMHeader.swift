import Glibc

/// One package's header as rpm keeps it in its databases: an index of tags, and the data that it points into.
///
/// Two numbers (entries, bytes of data), the entries of four numbers each (tag, type, offset into the data, count), the data. All
/// numbers are big-endian.
///
/// - Source: <https://rpm-software-management.github.io/rpm/manual/hregions.html>,
///   <https://rpm-software-management.github.io/rpm/manual/format_header.html>
struct RPMHeader {
    /// Most bytes of one header. Kernel sources and firmware, which have the most files, need some megabytes; rpm allows 256 MB.
    static let maximumSize = 32 << 20

    /// Most bytes of one text: a package's name, version and release together are a file name, which has no more.
    static let maximumText = 255

    /// As rpm bounds it.
    private static let maximumEntries = 0xFFFF

    /// Most files of one package; the largest there are have about 100,000.
    static let maximumFiles = 1_000_000

    private struct Entry {
        let type: UInt32
        let offset: Int
        let count: Int
    }

    private let data: ArraySlice<UInt8>
    private var entries: [RPMTag: Entry] = [:]

    /// Reads the index.
    init(_ bytes: ArraySlice<UInt8>) throws(FileFault) {
        let count = Int(try bytes.uint32(at: 0, .big))
        let length = Int(try bytes.uint32(at: 4, .big))
        guard (1...Self.maximumEntries).contains(count) else { throw .damaged("a header has \(count) entries") }
        let index = try bytes.part(at: 8, count: count * 16)
        data = try bytes.part(at: 8 + count * 16, count: length)
        for number in 0..<count {
            guard let tag = RPMTag(rawValue: try index.uint32(at: number * 16, .big)) else { continue }
            // What rpm added at installation stands behind what the package brought, and counts instead of it.
            entries[tag] = Entry(
                type: try index.uint32(at: number * 16 + 4, .big),
                offset: Int(try index.uint32(at: number * 16 + 8, .big)),
                count: Int(try index.uint32(at: number * 16 + 12, .big)))
        }
    }

    /// A text, or the first of several; `nil` when the header has none.
    func text(_ tag: RPMTag) throws(FileFault) -> String? {
        guard let entry = entries[tag] else { return nil }
        // STRING, STRING_ARRAY, I18NSTRING
        guard [6, 8, 9].contains(entry.type), entry.count > 0 else { throw .damaged("\(tag) is not a text") }
        let rest = try data.part(at: entry.offset, count: data.count - min(entry.offset, data.count))
        let text = rest.prefix(Self.maximumText + 1)
        guard let end = text.firstIndex(of: 0) else {
            throw .damaged("\(tag) has no end within \(Self.maximumText) bytes")
        }
        return String(decoding: text[..<end], as: UTF8.self)
    }

    /// A number, or the first of several; `nil` when the header has none.
    func number(_ tag: RPMTag) throws(FileFault) -> UInt32? {
        guard let entry = entries[tag] else { return nil }
        guard entry.type == 4, entry.count > 0 else { throw .damaged("\(tag) is not a number") }
        return try data.uint32(at: entry.offset, .big)
    }

    /// Calls `body` with folder (which ends with a slash) and name of each file; both are lent until it returns.
    func forEachFile(
        _ body: (_ folder: UnsafeBufferPointer<UInt8>, _ name: UnsafeBufferPointer<UInt8>) -> Void
    ) throws(FileFault) {
        guard let names = entries[.baseNames], let indexes = entries[.folderIndexes],
            let folderNames = entries[.folderNames]
        else { return }
        guard names.type == 8, folderNames.type == 8, indexes.type == 4, indexes.count == names.count,
            names.count <= Self.maximumFiles, folderNames.count <= names.count
        else { throw .damaged("the list of files contradicts itself") }
        let folderIndexes = try data.part(at: indexes.offset, count: indexes.count * 4)
        try data.withUnsafeBufferPointer { (data) throws(FileFault) in
            var folders: [Range<Int>] = []
            try Self.forEachText(folderNames, in: data) { (range) throws(FileFault) in folders.append(range) }
            var number = 0
            try Self.forEachText(names, in: data) { (range) throws(FileFault) in
                let folder = Int(try folderIndexes.uint32(at: number * 4, .big))
                guard folder < folders.count else {
                    throw .damaged("a file is in folder \(folder) of \(folders.count)")
                }
                body(
                    UnsafeBufferPointer(rebasing: data[folders[folder]]), UnsafeBufferPointer(rebasing: data[range]))
                number += 1
            }
        }
    }

    /// Calls `body` with the place of each text of an array, its end left out.
    private static func forEachText(
        _ entry: Entry, in data: UnsafeBufferPointer<UInt8>, _ body: (Range<Int>) throws(FileFault) -> Void
    ) throws(FileFault) {
        guard let base = data.baseAddress else { throw .damaged("the list of files has no data") }
        var start = entry.offset
        for _ in 0..<entry.count {
            guard start < data.count, let found = memchr(base + start, 0, data.count - start) else {
                throw .damaged("the list of files has no end")
            }
            let end = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            try body(start..<end)
            start = end + 1
        }
    }
}
