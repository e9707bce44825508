import JSONDocuments
import PackageIdentity

extension ProductRules {
    /// Most bytes of a file of rules.
    public static let maximumBytes = 4 << 20

    /// Reads rules.
    ///
    /// - Parameter json: An object with the member `rules`, as the target's README describes them; at most ``maximumBytes``.
    /// - Throws: ``ProductRulesError`` that names the line or the rule.
    public init(json: [UInt8]) throws(ProductRulesError) {
        guard json.count <= ProductRules.maximumBytes else { throw ProductRulesError("the file is too large") }
        let document: JSONValue
        do throws(JSONDocumentError) {
            document = try JSONParser().parse(json)
        } catch {
            throw ProductRules.unreadable(json, error)
        }
        guard let list = document["rules"]?.array else { throw ProductRulesError("there is no list named rules") }
        var rules: [ProductRule] = []
        var known: Set<String> = []
        for value in list {
            let rule = try ProductRule(value, number: rules.count + 1)
            guard known.insert(rule.id).inserted else {
                throw ProductRulesError(rule: rules.count + 1, id: rule.id, "another rule has the same id")
            }
            rules.append(rule)
        }
        self.init(rules)
    }

    private static func unreadable(_ json: [UInt8], _ error: JSONDocumentError) -> ProductRulesError {
        guard case .malformed(let offset?, let reason) = error else { return ProductRulesError("\(error)") }
        let line = json.prefix(offset).reduce(1) { $1 == 0x0a ? $0 + 1 : $0 }
        return ProductRulesError(line: line, reason)
    }
}

extension ProductRule {
    fileprivate init(_ value: JSONValue, number: Int) throws(ProductRulesError) {
        let id = value["id"]?.string
        func fail(_ reason: String) -> ProductRulesError { ProductRulesError(rule: number, id: id, reason) }
        guard let members = value.object else { throw fail("is no object") }
        for (name, _) in members where !ProductRule.members.contains(name) { throw fail("\(name) means nothing here") }
        guard let id, !id.isEmpty else { throw fail("id is missing") }
        func texts(_ member: String) throws(ProductRulesError) -> [String]? {
            guard let value = value[member] else { return nil }
            guard let list = value.array else { throw fail("\(member) is no list") }
            var result: [String] = []
            for element in list {
                guard let text = element.string, !text.isEmpty else {
                    throw fail("\(member) holds something that is no text")
                }
                result.append(text)
            }
            return result
        }
        guard let products = try texts("cpes") else { throw fail("cpes is missing") }
        var style = VersionStyle.plain
        if let text = value["version"] {
            guard let known = text.string.flatMap(VersionStyle.init) else {
                throw fail("version is none of plain, parts:N, java, patch")
            }
            style = known
        }
        var cpes: [CPEName] = []
        for product in products {
            var cpe = try ProductRule.cpe(product, fail)
            if let target = value["target"]?.string, cpe[.targetSoftware] == .any {
                cpe[.targetSoftware] = CPEValue(text: target)
            }
            cpes.append(cpe)
        }
        var purls: [String] = []
        for text in try texts("purls") ?? [] {
            guard let purl = try? PackageURL(text) else { throw fail("\(text) is no package URL") }
            purls.append(purl.product)
        }
        self.init(
            id: id,
            packages: (try texts("packages") ?? [id]).map { String(decoding: NamePattern.folded($0), as: UTF8.self) },
            names: (try texts("names") ?? [id]).map(NamePattern.init),
            publishers: (try texts("publishers") ?? []).map(NamePattern.init),
            bundles: (try texts("bundles") ?? []).map(NamePattern.init), purls: purls, cpes: cpes, style: style)
    }

    private static let members: Set<String> = [
        "id", "cpes", "packages", "names", "publishers", "bundles", "purls", "target", "version",
    ]

    /// A whole CPE name, or `vendor:product`, with the part before it or not.
    private static func cpe(_ text: String, _ fail: (String) -> ProductRulesError) throws(ProductRulesError) -> CPEName
    {
        let isWhole = text.hasPrefix("cpe:")
        let hasPart = ["a:", "o:", "h:"].contains { text.hasPrefix($0) } && text.split(separator: ":").count == 3
        let cpe: CPEName
        do throws(CPEError) {
            cpe = try CPEName(isWhole ? text : "cpe:2.3:" + (hasPart ? text : "a:" + text))
        } catch {
            throw fail("\(text) is no product: \(error.reason.rawValue)")
        }
        guard cpe.scope != nil, cpe.productKey != nil else { throw fail("\(text) names no single product") }
        return cpe
    }
}

extension PackageURL {
    /// The package URL without version, qualifiers and subpath.
    var product: String {
        let text = "pkg:\(type)/" + (namespace.map { "\($0)/" } ?? "") + name
        return text
    }
}
