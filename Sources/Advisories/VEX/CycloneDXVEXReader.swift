import JSONDocuments

/// Reads the vulnerabilities of a CycloneDX document, whether it also holds the components or refers to another one's.
///
/// - Source: <https://cyclonedx.org/docs/1.7/json/#vulnerabilities>
struct CycloneDXVEXReader {
    /// Package URLs, else CPE names, of the document's own components by their reference.
    private var identifiers: [String: [String]] = [:]

    static func read(_ root: JSONValue) -> VEXDocument {
        var reader = CycloneDXVEXReader()
        if let subject = root["metadata"]?["component"] { reader.take(subject) }
        root["components"]?.array?.forEach { reader.take($0) }
        let metadata = root["metadata"]
        let time = metadata?["timestamp"]?.string.flatMap { Timestamp.parse($0) }
        let statements = root["vulnerabilities"]?.array?.compactMap { reader.statement($0, documentTime: time) }
        let author =
            metadata?["authors"]?.array?.lazy.compactMap { $0["name"]?.string }.first
            ?? metadata?["supplier"]?["name"]?.string ?? metadata?["manufacturer"]?["name"]?.string
        return VEXDocument(id: root["serialNumber"]?.string ?? "", author: author, statements: statements ?? [])
    }

    private mutating func take(_ component: JSONValue) {
        if let reference = component["bom-ref"]?.string {
            identifiers[reference] = [component["purl"]?.string, component["cpe"]?.string].compactMap { $0 }
        }
        component["components"]?.array?.forEach { take($0) }
    }

    private func statement(_ value: JSONValue, documentTime: Int64?) -> VEXStatement? {
        guard let id = value["id"]?.string, let analysis = value["analysis"], let state = analysis["state"]?.string,
            let status = Self.status(state)
        else { return nil }
        let aliases = value["references"]?.array?.compactMap { $0["id"]?.string } ?? []
        let responses = analysis["response"]?.array?.compactMap(\.string).joined(separator: ", ")
        let time = analysis["lastUpdated"]?.string ?? analysis["firstIssued"]?.string ?? value["updated"]?.string
        return VEXStatement(
            vulnerabilities: [id] + aliases, products: value["affects"]?.array?.flatMap(products) ?? [], status: status,
            justification: analysis["justification"]?.string ?? (state == "false_positive" ? state : nil),
            action: value["recommendation"]?.string ?? responses.flatMap { $0.isEmpty ? nil : $0 },
            notes: analysis["detail"]?.string, timestamp: time.flatMap { Timestamp.parse($0) } ?? documentTime)
    }

    private static func status(_ state: String) -> VEXStatement.Status? {
        switch state {
        case "resolved", "resolved_with_pedigree": .fixed
        case "exploitable": .affected
        case "in_triage": .underInvestigation
        case "false_positive", "not_affected": .notAffected
        default: nil
        }
    }

    private func products(_ target: JSONValue) -> [VEXStatement.Product] {
        guard let reference = target["ref"]?.string else { return [] }
        var versions: [String] = []
        for version in target["versions"]?.array.map(Array.init) ?? [] {
            // A range cannot be compared without knowing its ecosystem: what it says is not claimed for any version.
            guard let text = version["version"]?.string else { return [] }
            versions.append(text)
        }
        return resolve(reference).map { VEXStatement.Product(identifier: $0, versions: versions) }
    }

    /// What a reference names: a component of this document, or of another one by BOM-Link (`urn:cdx:SERIAL/VERSION#REFERENCE`).
    private func resolve(_ reference: String) -> [String] {
        if let known = identifiers[reference] { return known }
        guard reference.hasPrefix("urn:cdx:"), let cut = reference.firstIndex(of: "#") else { return [reference] }
        let local = String(reference[reference.index(after: cut)...])
        let decoded = PercentText.decode(local)
        return identifiers[decoded] ?? [decoded]
    }
}

/// Percent-encoded text.
enum PercentText {
    /// The text with its escapes resolved; as it is when they are broken.
    static func decode(_ text: String) -> String {
        guard text.utf8.contains(UInt8(ascii: "%")) else { return text }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            guard rest.count >= 2, let value = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16) else {
                return text
            }
            bytes.append(value)
            rest = rest.dropFirst(2)
        }
        return String(validating: bytes, as: UTF8.self) ?? text
    }
}
