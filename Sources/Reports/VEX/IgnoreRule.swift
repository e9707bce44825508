import Advisories
import Matching

/// One line of a user's ignore file: `ID [PATTERN] [until=YYYY-MM-DD] [# reason]`.
public struct IgnoreRule: Sendable, Hashable {
    /// A CVE, any alias or an advisory's id; `*` for all.
    public let id: String
    /// A package URL, of which the parts that are left out match anything, or with `*` for any text; `nil` for all packages.
    public let pattern: String?
    /// The last day on which the rule holds, `YYYY-MM-DD`; `nil` for always.
    public let until: String?
    /// Why, in the user's words; empty when not stated.
    public let reason: String
    private let product: ProductPattern?

    /// Why a line is no rule.
    public struct Malformed: Error, Sendable, Hashable, CustomStringConvertible {
        /// From 1.
        public let line: Int
        /// What is wrong.
        public let problem: String
        /// One line for people.
        public var description: String { "line \(line): \(problem)" }
    }

    /// Reads an ignore file. Empty lines and those that start with `#` are skipped.
    ///
    /// - Parameter today: `YYYY-MM-DD`.
    /// - Returns: The rules that hold today, and those that have expired.
    /// - Throws: ``Malformed``: a rule that is not understood must not be left out in silence.
    public static func read(
        _ bytes: [UInt8], today: String
    ) throws(Malformed) -> (rules: [IgnoreRule], expired: [IgnoreRule]) {
        var rules: [IgnoreRule] = []
        var expired: [IgnoreRule] = []
        var number = 0
        for line in String(decoding: bytes, as: UTF8.self).split(
            omittingEmptySubsequences: false, whereSeparator: \.isNewline)
        {
            number += 1
            guard let rule = try IgnoreRule(line, number: number) else { continue }
            // Dates of this form sort as text.
            if let until = rule.until, until < today { expired.append(rule) } else { rules.append(rule) }
        }
        return (rules, expired)
    }

    private init?(_ line: Substring, number: Int) throws(Malformed) {
        let parts = Self.cut(line)
        var words = parts.rule.split { $0 == " " || $0 == "\t" }.map(String.init)
        guard !words.isEmpty else { return nil }
        id = words.removeFirst()
        var pattern: String?
        var until: String?
        for word in words {
            if word.hasPrefix("until=") {
                let date = String(word.dropFirst("until=".count))
                guard Self.isDate(date) else {
                    throw Malformed(line: number, problem: "until= needs a date YYYY-MM-DD")
                }
                until = date
            } else if pattern == nil, word.hasPrefix("pkg:") {
                pattern = word
            } else {
                throw Malformed(line: number, problem: "expected ID [pkg:PATTERN] [until=YYYY-MM-DD] [# reason]")
            }
        }
        product = pattern.flatMap { $0.contains("*") ? nil : ProductPattern($0) }
        if let pattern, !pattern.contains("*"), product == nil {
            throw Malformed(line: number, problem: "the pattern is no package URL")
        }
        (self.pattern, self.until, reason) = (pattern, until, parts.reason)
    }

    /// The rule, and the reason behind the first `#` that starts a word; a package URL's own stands within one.
    private static func cut(_ line: Substring) -> (rule: Substring, reason: String) {
        var isAtWordStart = true
        for index in line.indices {
            if line[index] == "#", isAtWordStart {
                let reason = line[line.index(after: index)...].drop { $0 == " " || $0 == "\t" }
                return (line[..<index], String(reason))
            }
            isAtWordStart = line[index] == " " || line[index] == "\t"
        }
        return (line, "")
    }

    /// Whether a text is a day of the calendar: `2026-02-30` is a slip, and nobody knows of which kind.
    private static func isDate(_ text: String) -> Bool { text.utf8.count == 10 && Timestamp.parse(text) != nil }

    /// Whether the rule speaks of a finding.
    func covers(_ record: VulnerabilityRecord, _ verdict: Verdict, of subject: ReportedPackage) -> Bool {
        guard id == "*" || id == record.id || record.aliases.contains(id) || verdict.advisories.contains(id) else {
            return false
        }
        guard let pattern else { return true }
        return product?.covers(subject) ?? Glob.matches(pattern, subject.package.description)
    }

    /// The rule as a line, without its reason.
    public var text: String {
        ([id, pattern] + [until.map { "until=\($0)" }]).compactMap { $0 }.joined(separator: " ")
    }
}

/// Text patterns in which `*` stands for any text.
enum Glob {
    /// Whether the whole text matches. Time at most proportional to the product of the lengths.
    static func matches(_ pattern: String, _ text: String) -> Bool {
        let (pattern, text) = (Array(pattern.utf8), Array(text.utf8))
        var (at, position) = (0, 0)
        var star: (at: Int, position: Int)?
        while position < text.count {
            if at < pattern.count, pattern[at] == UInt8(ascii: "*") {
                star = (at, position)
                at += 1
            } else if at < pattern.count, pattern[at] == text[position] {
                (at, position) = (at + 1, position + 1)
            } else if let last = star {
                // The last star takes one byte more.
                star = (last.at, last.position + 1)
                (at, position) = (last.at + 1, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[at...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
