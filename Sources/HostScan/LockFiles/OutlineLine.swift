/// A line of a file whose structure is indentation: "  key: value" or "  - value".
///
/// Tools write their lock files in a small and regular part of YAML: one key or one element a line, indented by blanks. Just that is read, line by
/// line, so that the rest of YAML, aliases that unfold without end among it, cannot happen. Yams would read all of it, but imports all of
/// Foundation, which is 9 MB and brings 40 MB of ICU; the agent links FoundationEssentials alone.
struct OutlineLine {
    /// Blanks before the text.
    let indent: Int
    /// What stands behind them.
    let text: Substring

    /// The lines that say something, without comments.
    static func lines(_ bytes: [UInt8]) -> [OutlineLine] {
        String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).compactMap { line in
            let text = line.drop { $0 == " " }
            guard let first = text.first, first != "#" else { return nil }
            return OutlineLine(indent: line.utf8.count - text.utf8.count, text: text)
        }
    }

    /// What stands before the colon, or the whole element or line without one; without quotes.
    var key: Substring {
        let body = item ?? text
        if let quote = body.first, quote == "\"" || quote == "'" {
            return body.dropFirst().prefix { $0 != quote }
        }
        // Keys hold colons too ("a@npm:1"): the one that ends a key stands before a blank or at the end.
        guard let colon = Self.colon(body) else { return body.trimmed }
        return body[..<colon]
    }

    /// What stands behind the colon, without quotes; empty without a colon.
    var value: Substring {
        let body = item ?? text
        var rest = body
        if let quote = body.first, quote == "\"" || quote == "'" {
            rest = body.dropFirst().drop { $0 != quote }.dropFirst()
        }
        guard let colon = Self.colon(rest) else { return "" }
        return rest[rest.index(after: colon)...].trimmed.unquoted
    }

    /// What stands behind the dash of a list's element; `nil` for other lines.
    var item: Substring? { text.hasPrefix("- ") ? text.dropFirst(2).drop { $0 == " " } : nil }

    private static func colon(_ text: Substring) -> Substring.Index? {
        text.indices.first { index in
            guard text[index] == ":" else { return false }
            let next = text.index(after: index)
            return next == text.endIndex || text[next] == " "
        }
    }
}

extension Substring {
    /// Without the quotes around it.
    var unquoted: Substring {
        guard count >= 2, let quote = first, quote == "\"" || quote == "'", last == quote else { return self }
        return dropFirst().dropLast()
    }
}
