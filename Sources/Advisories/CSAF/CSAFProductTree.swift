import JSONDocuments

/// One product of a CSAF document.
struct CSAFProduct {
    let id: String
    /// The product's own name.
    let name: String
    let cpe: String?
    let purl: String?
    /// What kind of branch it ends, `product_version_range`, and that branch's name, `vers:generic/<2.0`; empty outside of branches.
    let category: String
    let branchName: String
}

/// A product id taken apart: what it is, and what it is installed on.
struct CSAFComponent {
    let product: CSAFProduct
    /// The platform of a component; `nil` for products that stand alone.
    let platform: CSAFProduct?
    /// The module between the two, `nodejs:18:8080…`, where the document makes one of it.
    let module: CSAFProduct?
}

/// The `product_tree` of a CSAF document: every product id and how products are made of others.
///
/// Source: CSAF 2.0, section 3.2.2, <https://docs.oasis-open.org/csaf/csaf/v2.0/os/csaf-v2.0-os.html#322-product-tree-property>
struct CSAFProductTree {
    /// Products by id. Some publishers give one id to several ranges of a product.
    private(set) var products: [String: [CSAFProduct]] = [:]
    private var relationships: [String: (component: String, platform: String)] = [:]
    /// Product ids by group id.
    private(set) var groups: [String: [String]] = [:]

    init(_ tree: JSONValue?) throws(RecordFault) {
        guard let tree else { return }
        guard tree.kind == .object else { throw RecordFault("product_tree", "is not an object") }
        if let branches = try tree.elements("branches", in: "product_tree.") { add(branches) }
        for product in try tree.elements("full_product_names", in: "product_tree.").map(Array.init) ?? [] {
            add(product, category: "", branchName: "")
        }
        for relationship in try tree.elements("relationships", in: "product_tree.").map(Array.init) ?? [] {
            add(relationship: relationship)
        }
        for group in tree["product_groups"]?.array.map(Array.init) ?? [] {
            guard let id = group["group_id"]?.string else { continue }
            groups[id] = group["product_ids"]?.array?.compactMap(\.string) ?? []
        }
    }

    /// What an id names; empty when the tree does not know it.
    func components(of id: String) -> [CSAFComponent] {
        guard let relationship = relationships[id] else {
            return (products[id] ?? []).map { CSAFComponent(product: $0, platform: nil, module: nil) }
        }
        var platform = relationship.platform
        var module: CSAFProduct?
        // A package in a module in a release is a relationship of a relationship; more layers than that mean nothing here.
        for _ in 0..<4 {
            guard let outer = relationships[platform] else { break }
            module = module ?? products[outer.component]?.first
            platform = outer.platform
        }
        let base = products[platform]?.first
        return (products[relationship.component] ?? []).map {
            CSAFComponent(product: $0, platform: base, module: module)
        }
    }

    /// Walks branches without recursion, as a document may nest them as deep as the parser allows.
    private mutating func add(_ branches: JSONArray) {
        var open = [branches.makeIterator()]
        while var walk = open.popLast() {
            guard let branch = walk.next() else { continue }
            open.append(walk)
            if let product = branch["product"] {
                add(
                    product, category: branch["category"]?.string ?? "",
                    branchName: branch.text("name", limit: 512))
            }
            if let inner = branch["branches"]?.array { open.append(inner.makeIterator()) }
        }
    }

    private mutating func add(_ product: JSONValue, category: String, branchName: String) {
        guard let id = product["product_id"]?.string, !id.isEmpty else { return }
        let helper = product["product_identification_helper"]
        let purl = helper?["purl"]?.string ?? helper?["purls"]?.array?.first { _ in true }?.string
        products[id, default: []].append(
            CSAFProduct(
                id: id, name: product.text("name", limit: 512), cpe: helper?["cpe"]?.string, purl: purl,
                category: category, branchName: branchName))
    }

    private mutating func add(relationship: JSONValue) {
        guard let id = relationship["full_product_name"]?["product_id"]?.string,
            let component = relationship["product_reference"]?.string,
            let platform = relationship["relates_to_product_reference"]?.string, id != platform
        else { return }
        relationships[id] = (component, platform)
    }
}
