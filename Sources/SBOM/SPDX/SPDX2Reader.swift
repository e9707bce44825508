import JSONDocuments

/// Collects the packages of one SPDX 2 document in JSON.
///
/// - Source: <https://spdx.github.io/spdx-spec/v2.3/>
enum SPDX2Reader {
    /// Reads a whole document.
    static func read(_ root: JSONValue) throws(SBOMError) -> SBOMContents {
        guard let version = root["spdxVersion"]?.string else { throw .wrongShape(member: "spdxVersion") }
        guard version == "SPDX-2.3" || version == "SPDX-2.2" else {
            throw .unsupportedVersion(format: "SPDX", version: String(version.prefix(32)))
        }
        var collector = ComponentCollector()
        if let value = root["packages"], !value.isNull {
            guard let packages = value.array else { throw .wrongShape(member: "packages") }
            for package in packages {
                guard package.kind == .object else { throw .wrongShape(member: "packages") }
                try collector.take(component(package))
            }
        }
        return collector.contents(of: .spdx2)
    }

    private static func component(_ value: JSONValue) -> StatedComponent {
        var component = StatedComponent()
        component.name = value["name"]?.string ?? ""
        component.version = SPDXNames.text(value["versionInfo"]?.string)
        component.publisher = SPDXNames.agent(value["supplier"]?.string) ?? SPDXNames.agent(value["originator"]?.string)
        component.kind = SPDXNames.kind(
            ofPurpose: value["primaryPackagePurpose"]?.string, isVersioned: component.version != nil)
        SPDXNames.takeSource(value["sourceInfo"]?.string, into: &component)
        guard let references = value["externalRefs"]?.array else { return component }
        for reference in references { take(reference, into: &component) }
        return component
    }

    private static func take(_ reference: JSONValue, into component: inout StatedComponent) {
        guard let type = reference["referenceType"]?.string, let locator = reference["referenceLocator"]?.string,
            !locator.isEmpty
        else { return }
        // Some producers write the whole IRI of the type.
        if type.hasSuffix("purl") {
            if component.packageURL == nil { component.packageURL = locator }
        } else if type.hasSuffix("cpe23Type") || type.hasSuffix("cpe22Type") {
            component.add(cpe: locator)
        }
    }
}
