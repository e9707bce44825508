/// The versions that one product of a CSAF document stands for: one, a range in `vers` notation, or all.
///
/// Source of the notation: <https://github.com/package-url/vers-spec>
struct ProductVersions {
    /// Versions named one by one.
    private(set) var listed: [String] = []
    /// Events of ranges.
    private(set) var ranges: [[AffectedRange.Event]] = []
    /// Where ranges without an end begin; they are how "fixed from here on" is written.
    private(set) var starts: [String] = []
    /// Whether it is every version.
    private(set) var isEverything = false

    /// - Parameter stated: The version within the product's CPE, if any.
    init(_ product: CSAFProduct, stated: String?) {
        if product.category == "product_version_range" {
            read(product.branchName)
        } else if let stated {
            listed = [stated]
        } else if product.category == "product_version", Self.isVersion(product.branchName) {
            listed = [product.branchName]
        } else {
            isEverything = true
            ranges = [[.introduced("0")]]
        }
    }

    private static func isVersion(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count) && !text.utf8.contains(0x20)
            && text.utf8.contains { (0x30...0x39).contains($0) }
    }

    /// `vers:generic/>=1.0|<2.0`; what stands before the sign of a comparison belongs to no version and is dropped.
    private mutating func read(_ text: String) {
        let body = text.hasPrefix("vers:") ? text.drop { $0 != "/" }.dropFirst() : Substring(text)
        var start: AffectedRange.Event?
        for part in body.split(separator: "|").prefix(256) {
            let (sign, version) = Self.comparison(part)
            guard !version.isEmpty || sign == "*" else { continue }
            switch sign {
            case ">=": close(&start, with: nil, next: .introduced(version))
            case ">": close(&start, with: nil, next: .introducedAfter(version))
            case "<": close(&start, with: .fixed(version), next: nil)
            case "<=": close(&start, with: .lastAffected(version), next: nil)
            case "*":
                isEverything = true
                ranges.append([.introduced("0")])
            case "!=": break
            default: listed.append(version)
            }
        }
        close(&start, with: nil, next: nil)
    }

    /// Ends the stretch that is open, with its upper end or without one, and begins the next.
    private mutating func close(
        _ start: inout AffectedRange.Event?, with end: AffectedRange.Event?, next: AffectedRange.Event?
    ) {
        if let end {
            ranges.append([start ?? .introduced("0"), end])
        } else if let open = start {
            ranges.append([open])
            if case .introduced(let version) = open { starts.append(version) }
        }
        start = next
    }

    private static func comparison(_ part: Substring) -> (sign: String, version: String) {
        let signs = part.drop { !"<>=!*".contains($0) }
        guard let first = signs.first else { return ("=", trimmed(part)) }
        if first == "*" { return ("*", "") }
        let sign = signs.prefix { "<>=!".contains($0) }
        return (String(sign), trimmed(signs.dropFirst(sign.count)))
    }

    private static func trimmed(_ text: Substring) -> String {
        let version = text.filter { $0 != " " }
        return version.utf8.count <= 128 ? version : ""
    }
}
