/// Spellings that SPDX 2 and 3 have in common.
enum SPDXNames {
    /// The name in `Organization: Example (mail@example.com)`; `nil` for `NOASSERTION` and nothing.
    static func agent(_ text: String?) -> String? {
        guard var name = text, !name.isEmpty, name != "NOASSERTION" else { return nil }
        for prefix in ["Organization: ", "Person: ", "Tool: "] where name.hasPrefix(prefix) {
            name.removeFirst(prefix.count)
        }
        if name.hasSuffix(")"), let open = name.lastIndex(of: "(") { name = String(name[..<open]) }
        while name.last == " " { name.removeLast() }
        return name.isEmpty ? nil : name
    }

    /// What `NOASSERTION` and `NONE` stand for.
    static func text(_ text: String?) -> String? {
        guard let text, !text.isEmpty, text != "NOASSERTION", text != "NONE" else { return nil }
        return text
    }

    /// What a package of that purpose is: `OPERATING_SYSTEM`, `operatingSystem`.
    static func kind(ofPurpose purpose: String?, isVersioned: Bool) -> StatedComponent.Kind {
        let word = (purpose ?? "").lowercased().filter { $0 != "_" && $0 != "-" }
        switch word {
        case "operatingsystem": return .operatingSystem
        case "file", "container", "device", "archive", "source", "data", "model", "diskimage", "filesystemimage":
            return .other
        case "application": return isVersioned ? .software : .other
        default: return .software
        }
    }

    /// Trivy names the source package in prose: `built package from: openssl 3.0.11-1~deb12u2`.
    static func takeSource(_ text: String?, into component: inout StatedComponent) {
        let prefix = "built package from: "
        guard let text, text.hasPrefix(prefix) else { return }
        let words = text.dropFirst(prefix.count).split(separator: " ", maxSplits: 1)
        component.build.source = words.first.map(String.init)
        if words.count == 2 { component.build.sourceVersion = String(words[1]) }
    }
}
