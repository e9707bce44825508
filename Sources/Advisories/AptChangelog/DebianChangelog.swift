/// The entries of a Debian changelog, in the order of the text.
///
/// Lines that fit nowhere are passed over, so that old or hand-made changelogs give what they have. Names of people are
/// not kept.
struct DebianChangelog: Sequence {
    /// One version's entry.
    struct Entry {
        let source: String
        let version: String
        /// The trailer's date in Unix seconds; `nil` when it is missing or unreadable.
        var date: Int64?
        /// The changes, each with its continuation lines joined by spaces.
        var changes: [Change] = []

        init(source: String, version: String) {
            self.source = source
            self.version = version
        }
    }

    /// One `*`, `+` or `-` point of an entry.
    struct Change {
        /// The text without its mark.
        var text: String
        /// Whether it stands under the last `*` point before it.
        let isNested: Bool
    }

    private let text: String

    init(_ text: String) {
        self.text = text
    }

    func makeIterator() -> Iterator {
        Iterator(lines: text.utf8.split(separator: UInt8(ascii: "\n")).makeIterator())
    }

    /// Reads one entry at a time.
    struct Iterator: IteratorProtocol {
        fileprivate var lines: IndexingIterator<[Substring.UTF8View]>
        private var title: Entry?

        fileprivate init(lines: IndexingIterator<[Substring.UTF8View]>) {
            self.lines = lines
        }

        mutating func next() -> Entry? {
            var entry = title
            title = nil
            while let bytes = lines.next() {
                let line = Substring(bytes)
                if let next = ChangelogLine.title(line) {
                    guard entry != nil else {
                        entry = next
                        continue
                    }
                    title = next
                    return entry
                }
                if line.hasPrefix(" -- ") {
                    entry?.date = ChangelogLine.date(ofTrailer: line)
                } else if line.hasPrefix("  ") || line.hasPrefix("\t") {
                    entry?.take(line)
                }
            }
            return entry
        }
    }
}

extension DebianChangelog.Entry {
    /// Takes a line of change details: a new point, a heading, or the continuation of the point before.
    fileprivate mutating func take(_ line: Substring) {
        let content = line.trimmed
        // The kernel's changelog puts bare links to upstream's changelogs between its points.
        let isLink = content.hasPrefix("https://") && !content.contains(" ")
        guard let mark = content.utf8.first, !isLink else { return }
        let isPoint = content.utf8.dropFirst().first == UInt8(ascii: " ") && "*+-".utf8.contains(mark)
        if isPoint {
            let isNested = mark != UInt8(ascii: "*")
            changes.append(DebianChangelog.Change(text: String(content.dropFirst(2).trimmed), isNested: isNested))
        } else if content.hasPrefix("[") && content.hasSuffix("]") {
            // `[ A Person ]` heads the points of one maintainer; what follows belongs to no earlier point.
            changes.append(DebianChangelog.Change(text: "", isNested: false))
        } else if changes.isEmpty {
            changes.append(DebianChangelog.Change(text: String(content), isNested: false))
        } else {
            changes[changes.count - 1].text += changes[changes.count - 1].text.isEmpty ? content : " " + content
        }
    }

    /// Each CVE the entry names, once, with the text of the point that names it first.
    ///
    /// A nested point that says nothing but ids stands under the text of the point above it.
    var vulnerabilities: [(id: String, text: String)] {
        var found: [(id: String, text: String)] = []
        var seen: Set<String> = []
        var above = ""
        for change in changes {
            if !change.isNested { above = change.text }
            for id in CVEIdentifier.all(in: change.text) where seen.insert(id).inserted {
                let text = Self.saysMore(than: id, change.text) ? change.text : above
                found.append((id, Self.withoutReporter(text).prefix(bytes: 400)))
            }
        }
        return found
    }

    /// The text up to `Reported by A Person`, as Chromium's changelog ends each point.
    private static func withoutReporter(_ text: String) -> String {
        guard let start = text.firstRange(of: " Reported by ") else { return text }
        return String(text[..<start.lowerBound])
    }

    /// Whether a text has more to say than an id: more than four letters in other words.
    private static func saysMore(than id: String, _ text: String) -> Bool {
        let words = text.split(separator: " ").filter { !$0.uppercased().contains("CVE-") }
        return words.reduce(0) { $0 + $1.filter(\.isLetter).count } > 4
    }
}

extension Substring {
    /// Without white space at both ends.
    fileprivate var trimmed: Substring {
        var rest = self.drop { $0 == " " || $0 == "\t" || $0 == "\r" }
        while let last = rest.last, last == " " || last == "\t" || last == "\r" { rest.removeLast() }
        return rest
    }
}

extension String {
    /// The start of the text, of at most that many bytes, cut between code points.
    fileprivate func prefix(bytes limit: Int) -> String {
        guard utf8.count > limit else { return self }
        let end = utf8.index(utf8.startIndex, offsetBy: limit)
        return String(self[..<unicodeScalars.index(before: unicodeScalars.index(after: end))])
    }
}
