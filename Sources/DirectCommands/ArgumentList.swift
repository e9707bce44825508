/// The words behind a command, read without a parser of command lines.
///
/// It takes exactly what the commands' full parser takes in the same sense, and gives up on all else: short names, clusters, values that
/// look like options, wrong usage. Whoever calls it then asks the full parser, which alone explains and refuses.
struct ArgumentList {
    /// Given up.
    struct Unclear: Error {}

    private var words: ArraySlice<String>
    /// The value written behind `=` of the option met last.
    private var attached: String?

    init(_ words: ArraySlice<String>) { self.words = words }

    /// The name of the next option, with its dashes; `nil` at the end.
    mutating func nextOption() throws(Unclear) -> String? {
        guard let word = words.popFirst() else { return nil }
        guard word.hasPrefix("--"), word.utf8.count > 2 else { throw Unclear() }
        guard let equals = word.utf8.firstIndex(of: UInt8(ascii: "=")) else { return word }
        attached = String(word[word.utf8.index(after: equals)...])
        return String(word[..<equals])
    }

    /// The value of the option met last.
    mutating func value() throws(Unclear) -> String {
        if let value = attached {
            guard !value.isEmpty else { throw Unclear() }
            attached = nil
            return value
        }
        guard let word = words.popFirst(), word == "-" || !word.hasPrefix("-") else { throw Unclear() }
        return word
    }

    /// Makes sure that the option met last came without a value, as a flag must.
    func refuseValue() throws(Unclear) {
        guard attached == nil else { throw Unclear() }
    }

    /// The value of the option met last, in one of the forms that a type takes.
    mutating func value<Value: RawRepresentable<String>>() throws(Unclear) -> Value {
        guard let value = Value(rawValue: try value()) else { throw Unclear() }
        return value
    }
}
