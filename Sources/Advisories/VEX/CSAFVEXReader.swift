import JSONDocuments

/// Reads a user's CSAF 2.0 documents of the VEX profile.
///
/// A distribution's own CSAF documents are feeds; this reads those that name products by package URL or CPE.
///
/// - Source: <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html#45-profile-5-vex>
struct CSAFVEXReader {
    /// Deepest nesting of branches; the parser bounds it, too.
    private static let maximumDepth = 32

    /// Package URLs and CPE names of products by their id.
    private var identifiers: [String: [String]] = [:]
    /// Products of groups by the group's id.
    private var groups: [String: [String]] = [:]

    static func read(_ root: JSONValue) -> VEXDocument {
        var reader = CSAFVEXReader()
        reader.takeTree(root["product_tree"])
        let document = root["document"]
        let tracking = document?["tracking"]
        let time = tracking?["current_release_date"]?.string.flatMap { Timestamp.parse($0) }
        let statements = root["vulnerabilities"]?.array?.flatMap { reader.statements($0, documentTime: time) }
        return VEXDocument(
            id: tracking?["id"]?.string ?? "", author: document?["publisher"]?["name"]?.string,
            statements: statements ?? [])
    }

    // MARK: - Products

    private mutating func takeTree(_ tree: JSONValue?) {
        tree?["full_product_names"]?.array?.forEach { take(product: $0) }
        takeBranches(tree?["branches"], depth: 0)
        for relation in tree?["relationships"]?.array.map(Array.init) ?? [] {
            // "Component as part of product": the component carries the vulnerability.
            guard let id = relation["full_product_name"]?["product_id"]?.string else { continue }
            if let full = relation["full_product_name"] { take(product: full) }
            if identifiers[id] == nil, let part = relation["product_reference"]?.string {
                identifiers[id] = identifiers[part]
            }
        }
        for group in tree?["product_groups"]?.array.map(Array.init) ?? [] {
            guard let id = group["group_id"]?.string else { continue }
            groups[id] = group["product_ids"]?.array?.compactMap(\.string) ?? []
        }
    }

    private mutating func takeBranches(_ branches: JSONValue?, depth: Int) {
        guard depth < Self.maximumDepth, let branches = branches?.array else { return }
        for branch in branches {
            if let product = branch["product"] { take(product: product) }
            takeBranches(branch["branches"], depth: depth + 1)
        }
    }

    private mutating func take(product: JSONValue) {
        guard let id = product["product_id"]?.string, let helper = product["product_identification_helper"] else {
            return
        }
        let texts = [helper["purl"]?.string, helper["cpe"]?.string].compactMap { $0 }
        if !texts.isEmpty { identifiers[id] = texts }
    }

    // MARK: - Statements

    private static let members: [(StaticString, VEXStatement.Status)] = [
        ("known_not_affected", .notAffected), ("fixed", .fixed), ("first_fixed", .fixed),
        ("known_affected", .affected), ("first_affected", .affected), ("last_affected", .affected),
        ("under_investigation", .underInvestigation),
    ]

    private func statements(_ value: JSONValue, documentTime: Int64?) -> [VEXStatement] {
        let ids =
            [value["cve"]?.string].compactMap { $0 } + (value["ids"]?.array?.compactMap { $0["text"]?.string } ?? [])
        let flags = Remarks(value["flags"], groups: groups) { $0["label"]?.string }
        let impacts = Remarks(value["threats"], groups: groups) {
            $0["category"]?.isString("impact") == true ? $0["details"]?.string : nil
        }
        let actions = Remarks(value["remediations"], groups: groups) { $0["details"]?.string }
        var statements: [VEXStatement] = []
        for (member, status) in Self.members {
            for id in value["product_status"]?[member]?.array?.compactMap(\.string) ?? [] {
                let products = (identifiers[id] ?? []).map { VEXStatement.Product(identifier: $0) }
                statements.append(
                    VEXStatement(
                        vulnerabilities: ids, products: products, status: status,
                        justification: status == .notAffected ? flags[id] : nil,
                        action: status == .affected ? actions[id] : nil, notes: impacts[id], timestamp: documentTime))
            }
        }
        return statements
    }
}

/// Texts that are said of products or groups of them.
private struct Remarks {
    private var byProduct: [String: String] = [:]
    private var ofAll: String?

    init(_ list: JSONValue?, groups: [String: [String]], text: (JSONValue) -> String?) {
        for entry in list?.array.map(Array.init) ?? [] {
            guard let text = text(entry) else { continue }
            let grouped = entry["group_ids"]?.array?.compactMap(\.string).flatMap { groups[$0] ?? [] } ?? []
            let products = (entry["product_ids"]?.array?.compactMap(\.string) ?? []) + grouped
            if products.isEmpty { ofAll = ofAll ?? text }
            for product in products where byProduct[product] == nil { byProduct[product] = text }
        }
    }

    subscript(product: String) -> String? { byProduct[product] ?? ofAll }
}
