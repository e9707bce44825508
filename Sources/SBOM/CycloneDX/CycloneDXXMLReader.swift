/// Collects the components of one CycloneDX document in XML.
///
/// - Source: <https://cyclonedx.org/docs/1.7/xml/>
final class CycloneDXXMLReader: XMLStream.Handler {
    private static let namespace = "http://cyclonedx.org/schema/bom/"

    private var collector = ComponentCollector()
    /// Open elements, outermost first.
    private var path: [String] = []
    /// Open components, outermost first.
    private var open: [OpenComponent] = []
    private var property = ""

    private struct OpenComponent {
        var component = StatedComponent()
        /// The attribute `type`.
        let type: String
        /// Depth of its element.
        let depth: Int
        /// Whether it is a part of the bill, and not what the bill is about.
        let isPart: Bool
    }

    /// Reads a whole document.
    static func read(_ bytes: [UInt8]) throws(SBOMError) -> SBOMContents {
        let reader = CycloneDXXMLReader()
        try XMLStream.read(bytes, maximumDepth: SBOMDocument.maximumDepth, handler: reader)
        return reader.collector.contents(of: .cycloneDXXML)
    }

    func start(_ name: String, namespace: String, attributes: [String: String]) throws(SBOMError) {
        if path.isEmpty { try checkRoot(name, namespace) }
        path.append(name)
        switch name {
        case "component" where path.count >= 2:
            let parent = path[path.count - 2]
            guard parent == "components" || parent == "metadata" else { return }
            open.append(
                OpenComponent(
                    type: attributes["type"] ?? "", depth: path.count, isPart: parent == "components"))
        case "property": property = attributes["name"] ?? ""
        default: break
        }
    }

    func end(_ name: String, text: String) throws(SBOMError) {
        let depth = path.count
        path.removeLast()
        guard let last = open.last else { return }
        if last.depth == depth {
            open.removeLast()
            try close(last)
        } else if !text.isEmpty {
            take(Self.trimmed(text), of: name, below: Array(path[last.depth...]))
        }
    }

    private func checkRoot(_ name: String, _ namespace: String) throws(SBOMError) {
        guard name == "bom", namespace.hasPrefix(Self.namespace) else { throw .unknownFormat }
        let version = String(namespace.dropFirst(Self.namespace.count))
        guard CycloneDXReader.versions.contains(version) else {
            throw .unsupportedVersion(format: "CycloneDX", version: String(version.prefix(32)))
        }
    }

    /// Takes the text of an element that lies below the innermost component.
    ///
    /// - Parameter parents: The elements between the component and this one.
    private func take(_ text: String, of name: String, below parents: [String]) {
        guard !text.isEmpty, let index = open.indices.last else { return }
        switch (parents, name) {
        case ([], "name"): open[index].component.name = text
        case ([], "version"): open[index].component.version = text
        case ([], "purl"): open[index].component.packageURL = text
        case ([], "cpe"): open[index].component.add(cpe: text)
        case ([], "publisher"): open[index].component.publisher = text
        case (["supplier"], "name"), (["manufacturer"], "name"):
            if open[index].component.publisher == nil { open[index].component.publisher = text }
        case (["properties"], "property"):
            let takesGuesses = CycloneDXProperties.takesGuesses(packageURL: open[index].component.packageURL)
            let meaning = property.withUTF8 { CycloneDXProperties.Meaning(of: $0, takesGuesses: takesGuesses) }
            if let meaning { CycloneDXProperties.take(text, as: meaning, into: &open[index].component) }
        default: break
        }
    }

    private func close(_ closed: OpenComponent) throws(SBOMError) {
        var component = closed.component
        component.kind = CycloneDXProperties.kind(ofType: closed.type, isVersioned: component.version != nil)
        if closed.isPart {
            try collector.take(component)
        } else if component.kind == .operatingSystem {
            collector.state(system: component.name, version: component.version)
        }
    }

    private static func trimmed(_ text: String) -> String {
        let isBlank = { (character: Character) in character.isWhitespace }
        let start = text.drop(while: isBlank)
        guard let last = start.lastIndex(where: { !isBlank($0) }) else { return "" }
        return String(start[...last])
    }
}
