/// "Name: value" lines, as R, Haskell and others write what they know of a package. Of repeated names the first counts; lines that begin
/// with a blank belong to the one above and are left out, but for a value that begins there.
struct HeaderFields {
    private var values: [String: String] = [:]

    init(_ bytes: [UInt8]) {
        var pending: String?
        for line in String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline) {
            if let first = line.first, first == " " || first == "\t" {
                // Haskell's tools write long values below their names.
                if let name = pending, !line.trimmed.isEmpty {
                    values[name] = values[name] ?? String(line.trimmed)
                    pending = nil
                }
                continue
            }
            pending = nil
            guard let colon = line.firstIndex(of: ":") else { continue }
            let name = String(line[..<colon])
            let value = line[line.index(after: colon)...].trimmed
            if value.isEmpty {
                pending = name
            } else if values[name] == nil {
                values[name] = String(value)
            }
        }
    }

    /// `nil` when it is not there or empty.
    subscript(name: String) -> String? { values[name] }
}
