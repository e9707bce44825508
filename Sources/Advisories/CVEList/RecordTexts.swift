import JSONDocuments
import Scoring

/// Collects statements of severity, each once.
struct SeverityStatements {
    private(set) var all: [SeverityStatement] = []

    /// Adds a CVSS vector; what is none is nothing.
    mutating func add(_ vector: JSONValue?, origin: SeverityStatement.Origin) {
        let text = vector?.withUTF8String { bytes in
            bytes.count <= 512 ? String(decoding: bytes, as: UTF8.self) : ""
        }
        guard let text, text.hasPrefix("CVSS:") || text.contains("AV:") else { return }
        add(SeverityStatement(vector: text, origin: origin))
    }

    /// Adds a statement unless it is known. Eight different ones are more than anyone weighs.
    mutating func add(_ statement: SeverityStatement) {
        if all.count < 8 && !all.contains(statement) { all.append(statement) }
    }
}

/// Reads what records of the NVD and of the CVE list have in common.
extension JSONValue {
    /// A point in time; without an offset it is in UTC, as both publishers mean it. `nil` when it is none.
    func coordinatedTime(_ key: StaticString) -> Int64? {
        guard let text = self[key]?.string, text.utf8.count <= 64 else { return nil }
        return Timestamp.parse(text) ?? Timestamp.parse(text + "Z")
    }

    /// The first English text among `descriptions`, cut to that many bytes; empty when there is none.
    func description(limit: Int) -> String {
        guard let descriptions = self["descriptions"]?.array else { return "" }
        for description in descriptions where description["lang"]?.string?.lowercased().hasPrefix("en") ?? false {
            let text = description.text("value", limit: limit)
            if !text.isEmpty { return text }
        }
        return ""
    }

    /// The first eight different links in a list of references that are safe to show as links.
    func links(_ key: StaticString) -> [String] {
        guard let references = self[key]?.array else { return [] }
        var urls: [String] = []
        for reference in references where urls.count < 8 {
            let url = reference.text("url", limit: 2048)
            if (url.hasPrefix("https://") || url.hasPrefix("http://")) && !urls.contains(url) { urls.append(url) }
        }
        return urls
    }
}
