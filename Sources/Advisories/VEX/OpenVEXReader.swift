import JSONDocuments

/// Reads OpenVEX documents.
///
/// - Source: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md>
enum OpenVEXReader {
    static func read(_ root: JSONValue) -> VEXDocument {
        let time = moment(root["last_updated"]) ?? moment(root["timestamp"])
        var statements: [VEXStatement] = []
        if let list = root["statements"]?.array {
            for value in list {
                if let statement = statement(value, documentTime: time) { statements.append(statement) }
            }
        }
        return VEXDocument(
            id: root["@id"]?.string ?? "", author: root["author"]?.string, statements: statements)
    }

    private static func statement(_ value: JSONValue, documentTime: Int64?) -> VEXStatement? {
        guard let status = value["status"]?.string.flatMap(VEXStatement.Status.init) else { return nil }
        return VEXStatement(
            vulnerabilities: vulnerabilities(value["vulnerability"]),
            products: value["products"]?.array?.flatMap(products) ?? [], status: status,
            justification: value["justification"]?.string, action: value["action_statement"]?.string,
            notes: value["impact_statement"]?.string ?? value["status_notes"]?.string,
            timestamp: moment(value["last_updated"]) ?? moment(value["timestamp"]) ?? documentTime)
    }

    /// An object since 0.2.0, a plain id before.
    private static func vulnerabilities(_ value: JSONValue?) -> [String] {
        if let id = value?.string { return [id] }
        let aliases = value?["aliases"]?.array?.compactMap(\.string) ?? []
        let name = value?["name"]?.string ?? value?["@id"]?.string
        return (name.map { [$0] } ?? []) + aliases
    }

    private static func products(_ value: JSONValue) -> [VEXStatement.Product] {
        let parts = value["subcomponents"]?.array?.flatMap(identifiers) ?? []
        return (parts.isEmpty ? identifiers(value) : parts).map { VEXStatement.Product(identifier: $0) }
    }

    /// An object since 0.2.0, a plain identifier before.
    private static func identifiers(_ value: JSONValue) -> [String] {
        if let text = value.string { return [text] }
        var texts: [String] = []
        for name in ["purl", "cpe23", "cpe22"] {
            if let text = value["identifiers"]?[name]?.string { texts.append(text) }
        }
        if let id = value["@id"]?.string, !texts.contains(id) { texts.append(id) }
        return texts
    }

    private static func moment(_ value: JSONValue?) -> Int64? {
        value?.string.flatMap { Timestamp.parse($0) }
    }
}
