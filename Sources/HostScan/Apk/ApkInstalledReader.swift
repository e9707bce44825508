/// Splits apk's database into records and the files that belong to them, line by line.
///
/// The text is paragraphs of lines "K:value", parted by empty lines. The letters are case-sensitive. Behind the package's own fields come its
/// folders ("F:usr/bin"), each followed by what lies in it ("R:busybox").
struct ApkInstalledReader {
    /// Most bytes of one line; lists of dependencies are the longest.
    static let maximumLine = 1 << 20

    /// Most faults that are kept of one text.
    static let maximumFaults = 20

    /// "line N: reason", the first few.
    private(set) var faults: [String] = []

    /// Wanted files of the packages so far.
    private(set) var ownedFiles = OwnedFiles()

    /// Looked for among the files of all packages, wanted or not.
    var soughtFiles: SoughtFiles?

    private var record = ApkRecord()
    private var hasFields = false
    private var line = 0
    private var folder: ArraySlice<UInt8> = []

    /// Takes the next line.
    ///
    /// - Parameter text: Without its end; `nil` for one that was too long.
    /// - Returns: The record that the line ends, if it does.
    mutating func take(_ text: [UInt8]?) -> ApkRecord? {
        line += 1
        guard let text else { return fault("more than \(Self.maximumLine) bytes") }
        guard !text.isEmpty else { return end() }
        guard text.count >= 2, text[1] == UInt8(ascii: ":") else { return fault("not a field") }
        if !hasFields { record.line = line }
        hasFields = true
        let value = text[2...]
        switch text[0] {
        case UInt8(ascii: "P"): record.package = String(decoding: value, as: UTF8.self)
        case UInt8(ascii: "V"): record.version = String(decoding: value, as: UTF8.self)
        case UInt8(ascii: "A"): record.architecture = String(decoding: value, as: UTF8.self)
        case UInt8(ascii: "o"): record.origin = String(decoding: value, as: UTF8.self)
        case UInt8(ascii: "F"): folder = value
        case UInt8(ascii: "R"): own(value)
        default: break
        }
        return nil
    }

    /// Ends the text.
    ///
    /// - Returns: The last record, unless an empty line ended it before.
    mutating func end() -> ApkRecord? {
        defer {
            record = ApkRecord()
            hasFields = false
            folder = []
        }
        guard hasFields else { return nil }
        guard !record.package.isEmpty, !record.version.isEmpty else {
            return fault("record without package or version", at: record.line)
        }
        return record
    }

    private mutating func own(_ name: ArraySlice<UInt8>) {
        let folder = folder
        name.withUnsafeBufferPointer { name in
            let path = { folder.isEmpty ? "" : "/" + String(decoding: folder, as: UTF8.self) }
            ownedFiles.add(FileName(name), in: path, of: .apk)
            soughtFiles?.add(FileName(name), in: path)
        }
    }

    private mutating func fault(_ reason: String, at place: Int? = nil) -> ApkRecord? {
        if faults.count < Self.maximumFaults { faults.append("line \(place ?? line): \(reason)") }
        return nil
    }
}
