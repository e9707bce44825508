import JSONDocuments

/// Collects the components of one CycloneDX document in JSON.
///
/// - Source: <https://cyclonedx.org/docs/1.7/json/>
struct CycloneDXReader {
    static let versions = ["1.4", "1.5", "1.6", "1.7"]

    private var collector = ComponentCollector()

    /// Reads a whole document.
    static func read(_ root: JSONValue) throws(SBOMError) -> SBOMContents {
        guard let version = root["specVersion"]?.string else { throw .wrongShape(member: "specVersion") }
        guard versions.contains(version) else {
            throw .unsupportedVersion(format: "CycloneDX", version: String(version.prefix(32)))
        }
        var reader = CycloneDXReader()
        // The component of the metadata is what the bill is about, not one of its parts; but an operating system tells where the
        // parts run.
        if let subject = root["metadata"]?["component"], subject.kind == .object {
            let system = CycloneDXComponent.read(subject)
            if system.kind == .operatingSystem { reader.collector.state(system: system.name, version: system.version) }
            try reader.readComponents(of: subject, member: "metadata.component.components")
        }
        try reader.readComponents(of: root, member: "components")
        return reader.collector.contents(of: .cycloneDXJSON)
    }

    /// Reads the components of a document or of a component; a bill without any is a bill.
    private mutating func readComponents(of parent: JSONValue, member: String) throws(SBOMError) {
        guard let value = parent["components"], !value.isNull else { return }
        guard let components = value.array else { throw .wrongShape(member: member) }
        for component in components {
            guard component.kind == .object else { throw .wrongShape(member: member) }
            try collector.take(CycloneDXComponent.read(component))
            try readComponents(of: component, member: "components.components")
        }
    }
}
