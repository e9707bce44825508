import JSONDocuments

/// Collects the packages of one SPDX 3.0 document in JSON-LD, in the compact form that the specification's context gives.
///
/// - Source: <https://spdx.github.io/spdx-spec/v3.0.1/>
struct SPDX3Reader {
    /// Names of organizations and persons by their id.
    private var agents: [String: String] = [:]

    /// Reads a whole document.
    static func read(_ root: JSONValue) throws(SBOMError) -> SBOMContents {
        guard let graph = root["@graph"]?.array else { throw .wrongShape(member: "@graph") }
        try check(root, graph)
        var reader = SPDX3Reader()
        for element in graph {
            guard element.kind == .object else { throw .wrongShape(member: "@graph") }
            reader.takeAgent(element)
        }
        var collector = ComponentCollector()
        for element in graph where isPackage(element) { try collector.take(reader.component(element)) }
        return collector.contents(of: .spdx3)
    }

    /// The version stands in the context's address, and in the elements that say who made the document.
    private static func check(_ root: JSONValue, _ graph: JSONArray) throws(SBOMError) {
        let marker = "spdx.org/rdf/"
        let contexts = root["@context"]?.string.map { [$0] } ?? root["@context"]?.array?.compactMap(\.string) ?? []
        var version = contexts.lazy.compactMap { context in
            context.firstRange(of: marker).map { String(context[$0.upperBound...].prefix { $0 != "/" }) }
        }.first
        if version == nil {
            version =
                graph.lazy.compactMap { $0["specVersion"]?.string ?? $0["creationInfo"]?["specVersion"]?.string }
                .first
        }
        guard let version else { throw .unknownFormat }
        guard version == "3.0" || version.hasPrefix("3.0.") else {
            throw .unsupportedVersion(format: "SPDX", version: String(version.prefix(32)))
        }
    }

    private static func isPackage(_ element: JSONValue) -> Bool {
        guard let type = element["type"] ?? element["@type"] else { return false }
        return type.isString("software_Package") || type.isString("https://spdx.org/rdf/3.0.1/terms/Software/Package")
    }

    private mutating func takeAgent(_ element: JSONValue) {
        guard let type = element["type"]?.string, ["Organization", "Person", "Agent"].contains(type),
            let id = element["spdxId"]?.string ?? element["@id"]?.string, let name = element["name"]?.string
        else { return }
        agents[id] = name
    }

    private func component(_ value: JSONValue) -> StatedComponent {
        var component = StatedComponent()
        component.name = value["name"]?.string ?? ""
        component.version = SPDXNames.text(value["software_packageVersion"]?.string)
        component.packageURL = SPDXNames.text(value["software_packageUrl"]?.string)
        component.publisher = agent(value["suppliedBy"]) ?? agent(value["originatedBy"])
        component.kind = SPDXNames.kind(
            ofPurpose: value["software_primaryPurpose"]?.string, isVersioned: component.version != nil)
        SPDXNames.takeSource(value["software_sourceInfo"]?.string, into: &component)
        guard let identifiers = value["externalIdentifier"]?.array else { return component }
        for identifier in identifiers { Self.take(identifier, into: &component) }
        return component
    }

    /// One id, or the first of a list of ids.
    private func agent(_ value: JSONValue?) -> String? {
        let id = value?.string ?? value?.array?.lazy.compactMap(\.string).first
        return id.flatMap { agents[$0] }.flatMap { SPDXNames.agent($0) }
    }

    private static func take(_ identifier: JSONValue, into component: inout StatedComponent) {
        guard let text = identifier["identifier"]?.string, !text.isEmpty else { return }
        switch identifier["externalIdentifierType"]?.string {
        case "packageUrl", "purl":
            if component.packageURL == nil { component.packageURL = text }
        case "cpe23", "cpe22": component.add(cpe: text)
        default: break
        }
    }
}
