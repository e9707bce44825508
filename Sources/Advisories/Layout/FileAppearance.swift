import Archives
import JSONDocuments

/// What a file that is no feed looks like, in words for whoever named it.
enum FileAppearance {
    /// Ends a reading once enough was seen.
    private struct Enough: Error {}

    /// Names told of an archive's files and an object's members.
    private static let nameLimit = 4
    /// Characters told of a text or a name.
    private static let textLimit = 60

    /// `a JSON object with the members a, b`, `text that begins “# Feeds”`.
    ///
    /// - Parameter start: The first bytes of the unpacked content.
    static func words(start: [UInt8], path: String) -> String {
        if start.starts(with: [0x50, 0x4B]) || isTar(start), let names = archivedNames(path) {
            return "an archive without records of a known kind" + listed(names, "that holds", "files")
        }
        switch start.first(where: { $0 > 0x20 }) {
        case nil: return start.isEmpty ? "an empty file" : "a file of blanks"
        case UInt8(ascii: "{"): return object(path)
        case UInt8(ascii: "["): return "a list in brackets, whose elements are of no known kind"
        case UInt8(ascii: "<"): return "a web page or XML"
        default: return text(start)
        }
    }

    /// - Source: POSIX.1-2024 pax, "ustar Interchange Format": the magic at byte 257.
    static func isTar(_ start: [UInt8]) -> Bool {
        start.count >= 262 && start[257..<262].elementsEqual("ustar".utf8)
    }

    private static func archivedNames(_ path: String) -> [String]? {
        var names: [String] = []
        do {
            try Archive.forEachFile(
                in: path, totalLimit: FeedLimits.standard.feedBytes, countLimit: FeedLimits.standard.records
            ) { name, _ in
                names.append(printable(name))
                if names.count == nameLimit { throw Enough() }
            }
        } catch is Enough {
        } catch {
            return nil
        }
        return names
    }

    private static func object(_ path: String) -> String {
        var splitter = JSONMemberSplitter(memberLimit: FeedLimits.standard.recordBytes)
        let parser = JSONParser()
        var names: [String] = []
        do {
            try Archive.forEachChunk(inCompressed: path, limit: FeedLimits.standard.feedBytes) { chunk in
                try splitter.feed(chunk) { member, _ in
                    guard let (name, _) = try parser.parse(member).object?.first(where: { _ in true }) else { return }
                    names.append(printable(name))
                    if names.count == nameLimit { throw Enough() }
                }
            }
            try splitter.finish()
        } catch is Enough {
        } catch let fault as JSONDocumentError {
            return "JSON that cannot be read: \(fault)"
        } catch {
            return "a file that cannot be read: \(error)"
        }
        return "a JSON object" + listed(names, "with", "members")
    }

    private static func listed(_ names: [String], _ verb: String, _ what: String) -> String {
        guard !names.isEmpty else { return "" }
        return " \(verb) the \(what) " + names.joined(separator: ", ") + (names.count == nameLimit ? ", …" : "")
    }

    private static func text(_ start: [UInt8]) -> String {
        let line = start.drop { $0 <= 0x20 }.prefix { $0 != UInt8(ascii: "\n") && $0 != UInt8(ascii: "\r") }
        guard !line.contains(where: { $0 < 0x20 && $0 != UInt8(ascii: "\t") || $0 == 0x7F }) else {
            return "bytes that are no text"
        }
        return "text that begins “\(printable(String(decoding: line, as: UTF8.self)))”"
    }

    /// The beginning of outside text, without what could command a terminal.
    private static func printable(_ text: String) -> String {
        let scalars: [Unicode.Scalar] = text.unicodeScalars.map { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: "\u{FFFD}"
            default: scalar
            }
        }
        var result = String.UnicodeScalarView()
        result.append(contentsOf: scalars.prefix(textLimit))
        return String(result) + (scalars.count > textLimit ? "…" : "")
    }
}
