/// Turns the labels of swift-metrics, which are any text, into names and values of the Prometheus text format.
///
/// - Source: <https://prometheus.io/docs/instrumenting/exposition_formats/> and
///   <https://prometheus.io/docs/concepts/data_model/>
enum PrometheusName {
    /// Longest name, in characters; what is longer is cut.
    static let longestName = 160
    /// Longest label value, in characters; what is longer is cut.
    static let longestValue = 128

    /// A metric name: `[a-zA-Z_:][a-zA-Z0-9_:]*`, with everything else turned into `_`.
    ///
    /// Libraries name their metrics with `.`, `<` and `>`. The colon is kept although it is meant for recording rules:
    /// it is valid, and only who writes it gets it.
    static func metric(_ label: String) -> String {
        sanitized(label) { isLetterOrUnderscore($0) || isDigit($0) || $0 == ":" }
    }

    /// A label name: `[a-zA-Z_][a-zA-Z0-9_]*`, none that the format reserves.
    ///
    /// `__` at the start is for Prometheus itself; `le` and `quantile` mean something in histograms and summaries.
    static func label(_ name: String) -> String {
        var clean = sanitized(name) { isLetterOrUnderscore($0) || isDigit($0) }
        while clean.hasPrefix("__") { clean.removeFirst() }
        return ["le", "quantile"].contains(clean) ? "label_" + clean : clean
    }

    /// The labels of one series as they are written, `{a="1",b="2"}` in the order of names, or nothing without labels.
    ///
    /// When two names are the same after sanitising, the first keeps its place: a name may occur only once.
    static func labels(_ dimensions: [(String, String)]) -> String {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            let clean = label(name)
            values[clean] = values[clean] ?? escaped(String(value.prefix(longestValue)))
        }
        guard !values.isEmpty else { return "" }
        return "{" + values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\($0.value)\"" }.joined(separator: ",") + "}"
    }

    /// A label value with `\`, `"` and line feed escaped, as the format says; all other characters stand for themselves.
    static func escaped(_ value: String) -> String {
        escaping(value, quotes: true)
    }

    /// The text after `# HELP`, where a quotation mark needs no escape.
    static func escapedHelp(_ text: String) -> String {
        escaping(text, quotes: false)
    }

    // Works on scalars: as a `Character`, "\r\n" is one and equals neither of its parts.
    private static func escaping(_ text: String, quotes: Bool) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped.append(contentsOf: "\\\\".unicodeScalars)
            case "\n": escaped.append(contentsOf: "\\n".unicodeScalars)
            case "\"" where quotes: escaped.append(contentsOf: "\\\"".unicodeScalars)
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }

    private static func sanitized(_ text: String, keeping isKept: (Unicode.Scalar) -> Bool) -> String {
        var name = String.UnicodeScalarView()
        for scalar in text.unicodeScalars.prefix(longestName) {
            name.append(isKept(scalar) ? scalar : "_")
        }
        if name.first.map(isDigit) ?? true { name.insert("_", at: name.startIndex) }
        return String(name)
    }

    private static func isLetterOrUnderscore(_ scalar: Unicode.Scalar) -> Bool {
        ("a"..."z").contains(scalar) || ("A"..."Z").contains(scalar) || scalar == "_"
    }

    private static func isDigit(_ scalar: Unicode.Scalar) -> Bool {
        ("0"..."9").contains(scalar)
    }
}
