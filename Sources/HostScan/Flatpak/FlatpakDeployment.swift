/// What flatpak notes of an application or runtime that it deployed: the file `deploy`.
///
/// The bytes are a GVariant of type `(ssasta{sv})`: remote, commit, subpaths, size, and facts by name. Of the facts one is read: the version that
/// the application's publisher states.
///
/// - Source: <https://docs.gtk.org/glib/gvariant-specification.html> for the form, `flatpak_dir_new_deploy_data` of flatpak 1.14 for the content
struct FlatpakDeployment {
    /// "120.0.1"; empty when the application states none, as runtimes do not.
    let version: String

    /// - Throws: ``FileFault`` when the bytes are no such value.
    init(_ bytes: ArraySlice<UInt8>) throws(FileFault) {
        let facts = try Self.facts(of: bytes)
        var version = ""
        try Self.forEachElement(of: facts) { (entry) throws(FileFault) in
            let (key, value) = try Self.parts(ofEntry: entry)
            // The value ends with a zero byte, and its type behind another: "120.0.1\0" "\0s".
            guard key.elementsEqual("appdata-version\0".utf8), value.suffix(3).elementsEqual([0, 0, 0x73]) else {
                return
            }
            version = String(decoding: value.dropLast(3), as: UTF8.self)
        }
        self.version = version
    }

    /// The last member of the whole: it follows a number of eight bytes, which follows the three members of any length before it. Where those
    /// end stands behind everything, the first one last.
    private static func facts(of bytes: ArraySlice<UInt8>) throws(FileFault) -> ArraySlice<UInt8> {
        let size = offsetSize(of: bytes)
        let subpathsEnd = try offset(at: bytes.count - 3 * size, size: size, in: bytes)
        let start = aligned(subpathsEnd) + 8
        return try bytes.part(at: start, count: bytes.count - 3 * size - start)
    }

    /// The elements of an array begin at multiples of eight. Where each ends stands behind the last one; where the last one ends, those ends
    /// begin.
    private static func forEachElement(
        of array: ArraySlice<UInt8>, _ body: (ArraySlice<UInt8>) throws(FileFault) -> Void
    ) throws(FileFault) {
        guard !array.isEmpty else { return }
        let size = offsetSize(of: array)
        let ends = try offset(at: array.count - size, size: size, in: array)
        guard ends < array.count else { throw .damaged("an array ends behind its end") }
        var start = 0
        for place in stride(from: ends, to: array.count, by: size) {
            let end = try offset(at: place, size: size, in: array)
            try body(try array.part(at: start, count: end - start))
            start = aligned(end)
        }
    }

    /// A text with its zero byte, and at the next multiple of eight a value with its type; where the text ends is said at the end.
    private static func parts(
        ofEntry entry: ArraySlice<UInt8>
    ) throws(FileFault) -> (key: ArraySlice<UInt8>, value: ArraySlice<UInt8>) {
        let size = offsetSize(of: entry)
        let end = try offset(at: entry.count - size, size: size, in: entry)
        let start = aligned(end)
        return (try entry.part(at: 0, count: end), try entry.part(at: start, count: entry.count - size - start))
    }

    private static func aligned(_ offset: Int) -> Int { (offset + 7) & ~7 }

    /// Containers of more bytes have wider offsets.
    private static func offsetSize(of container: ArraySlice<UInt8>) -> Int {
        container.count <= 0xFF ? 1 : container.count <= 0xFFFF ? 2 : 4
    }

    /// Offsets are little-endian everywhere.
    private static func offset(at place: Int, size: Int, in bytes: ArraySlice<UInt8>) throws(FileFault) -> Int {
        switch size {
        case 1: Int(try bytes.uint8(at: place))
        case 2: Int(try bytes.uint16(at: place, .little))
        default: Int(try bytes.uint32(at: place, .little))
        }
    }
}
