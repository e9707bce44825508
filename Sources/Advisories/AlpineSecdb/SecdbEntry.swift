/// One text in a `secfixes` list, written by packagers by hand: `CVE-2019-14697`, `CVE-2018-8897 XSA-260`,
/// `CVE-2019-17349 CVE-2019-17350 XSA-295`, `CVE-2020-14342 (not actually applicable)`, `CVE-????-????? TS-2024-005`.
struct SecdbEntry {
    /// The vulnerabilities it speaks of; empty when it names none.
    private(set) var ids: [String] = []
    /// Other ids of the same vulnerability, by which others know it.
    private(set) var aliases: [String] = []
    /// Words of the packager and ids of notices that may cover several vulnerabilities; they join nothing.
    private(set) var remarks: [String] = []
    /// Whether a remark takes the repair back: the package was never vulnerable.
    private(set) var saysNotAffected = false

    init(_ text: String) {
        let (words, remark) = Self.split(text)
        var others: [String] = []
        for word in words {
            if let id = Self.cve(word) {
                if !ids.contains(id) { ids.append(id) }
            } else if Self.isID(word), !others.contains(word) {
                others.append(word)
            }
        }
        if ids.isEmpty {
            ids = Array(others.prefix(1))
            others.removeFirst(min(1, others.count))
        }
        // An id that GitHub gives stands for one vulnerability. Notices of Xen, Talos and others cover several CVEs, which
        // must not become one because of them.
        aliases = ids.count == 1 ? others.filter { $0.hasPrefix("GHSA-") } : []
        remarks = others.filter { !aliases.contains($0) } + (remark.isEmpty ? [] : [remark])
        let lower = remark.lowercased()
        saysNotAffected = lower.contains("not affected") || lower.contains("applicable") && lower.contains("not ")
    }

    /// The words before a parenthesis, and the text from there on.
    private static func split(_ text: String) -> (words: [String], remark: String) {
        let bounded = text.utf8.count <= 400 ? text : String(decoding: Array(text.utf8.prefix(400)), as: UTF8.self)
        let open = bounded.firstIndex(of: "(") ?? bounded.endIndex
        let words = bounded[..<open].utf8.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }.map { String(Substring($0)) }
        return (words, String(bounded[open...]))
    }

    /// The CVE a word begins with; endings as in `CVE-2021-35940.patch` and `CVE-2017-17434-1` are the packager's.
    private static func cve(_ word: String) -> String? {
        guard let length = CVEIdentifier.length(atStartOf: word.utf8) else { return nil }
        let rest = word.utf8.dropFirst(length)
        guard rest.first.map({ $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ":") }) ?? true
        else { return nil }
        return CVEIdentifier.canonical(word.utf8.prefix(length))
    }

    /// `XSA-248`, `GHSA-fhpf-pp6p-55qc`, `VSV00010`, `ALPINE-14094`: a letter first, a digit somewhere, no placeholder. A CVE id
    /// that is none (`CVE-46838`) is a slip, not another kind of id.
    private static func isID(_ word: String) -> Bool {
        let bytes = word.utf8
        guard let first = bytes.first, (0x41...0x5A).contains(first & 0xDF), bytes.count <= 64 else { return false }
        guard !word.uppercased().hasPrefix("CVE-") else { return false }
        let isPlain = bytes.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte & 0xDF) || byte == UInt8(ascii: "-")
                || byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ":")
        }
        return isPlain && bytes.contains { (0x30...0x39).contains($0) }
    }
}
