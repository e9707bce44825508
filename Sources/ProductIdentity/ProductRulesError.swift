/// Why a file of product rules cannot be used, and where.
public struct ProductRulesError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The rule's number in its file, from 1; `nil` when the file as a whole is wrong.
    public let rule: Int?
    /// The rule's id, if it has one that can be read.
    public let id: String?
    /// The line of the file, from 1, where it is known: for text that is no JSON.
    public let line: Int?
    /// What is wrong, in words.
    public let reason: String

    init(rule: Int? = nil, id: String? = nil, line: Int? = nil, _ reason: String) {
        self.rule = rule
        self.id = id
        self.line = line
        self.reason = reason
    }

    /// One line that names place and reason.
    public var description: String {
        let place = line.map { "line \($0)" } ?? rule.map { "rule \($0)" + (id.map { " (\($0))" } ?? "") }
        return "product rules: " + (place.map { "\($0): " } ?? "") + reason
    }
}
