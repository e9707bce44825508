import JSONDocuments

/// Collects the artifacts of one document in syft's own JSON.
///
/// - Source: <https://github.com/anchore/syft/tree/main/schema/json>, from schema 1 to 16: the members read here are in all of them.
enum SyftReader {
    /// Reads a whole document.
    static func read(_ root: JSONValue) throws(SBOMError) -> SBOMContents {
        guard let artifacts = root["artifacts"]?.array else { throw .wrongShape(member: "artifacts") }
        var collector = ComponentCollector()
        if let distribution = root["distro"], distribution.kind == .object {
            collector.state(
                system: distribution["id"]?.string ?? distribution["name"]?.string ?? "",
                version: distribution["versionID"]?.string ?? distribution["version"]?.string)
        }
        for artifact in artifacts {
            guard artifact.kind == .object else { throw .wrongShape(member: "artifacts") }
            try collector.take(component(artifact))
        }
        return collector.contents(of: .syft)
    }

    private static func component(_ value: JSONValue) -> StatedComponent {
        var component = StatedComponent()
        component.name = value["name"]?.string ?? ""
        component.version = value["version"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        component.packageURL = value["purl"]?.string.flatMap { $0.isEmpty ? nil : $0 }
        let metadata = value["metadata"]
        component.build.source =
            text(metadata, "source") ?? text(metadata, "originPackage") ?? text(metadata, "sourceRpm")
        component.build.sourceVersion = text(metadata, "sourceVersion")
        component.build.moduleStream = text(metadata, "modularityLabel")
        guard CycloneDXProperties.takesGuesses(packageURL: component.packageURL) else { return component }
        if let names = value["cpes"]?.array {
            // Objects since schema 16, plain texts before.
            for name in names { component.add(cpe: name.string ?? name["cpe"]?.string ?? "") }
        }
        return component
    }

    private static func text(_ value: JSONValue?, _ member: StaticString) -> String? {
        value?[member]?.string.flatMap { $0.isEmpty ? nil : $0 }
    }
}
