import Inventory
import JSONDocuments
import PackageIdentity

/// Collects the packages of one CycloneDX document.
///
/// - Source: <https://cyclonedx.org/docs/1.7/json/>
struct CycloneDXReader {
    private static let versions: Set<String> = ["1.4", "1.5", "1.6", "1.7"]

    /// Kinds of components that are no packages by nature, so that a missing package URL says nothing.
    private static let silentTypes: Set<String> = [
        "cryptographic-asset", "data", "device", "device-driver", "file", "machine-learning-model", "operating-system",
        "platform",
    ]

    private var packages: [PackageURL] = []
    private var warnings: [String] = []
    private var omittedWarnings = 0
    private var componentCount = 0

    /// What was read.
    var contents: SBOMContents {
        let more = omittedWarnings > 0 ? ["\(omittedWarnings) more components without a usable package URL"] : []
        return SBOMContents(packages: Inventory(packages).packages, warnings: warnings + more)
    }

    /// Reads a whole document.
    mutating func read(_ root: JSONValue) throws(SBOMError) {
        guard root["bomFormat"]?.string == "CycloneDX" else { throw .unknownFormat }
        guard let version = root["specVersion"]?.string else { throw .wrongShape(member: "specVersion") }
        guard Self.versions.contains(version) else { throw .unsupportedVersion(String(version.prefix(32))) }
        // The component of the metadata is what the bill is about, not one of its parts.
        try readComponents(of: root, member: "components")
    }

    /// Reads the components of a document or of a component; a bill without any is a bill.
    private mutating func readComponents(of parent: JSONValue, member: String) throws(SBOMError) {
        guard let value = parent["components"], !value.isNull else { return }
        guard let components = value.array else { throw .wrongShape(member: member) }
        for component in components {
            componentCount += 1
            guard componentCount <= SBOMDocument.maximumComponents else {
                throw .tooManyComponents(limit: SBOMDocument.maximumComponents)
            }
            guard component.kind == .object else { throw .wrongShape(member: member) }
            take(CycloneDXComponent(component))
            try readComponents(of: component, member: "components.components")
        }
    }

    private mutating func take(_ component: CycloneDXComponent) {
        guard component.purl != nil || isExpectedToBePackage(component) else { return }
        do {
            packages.append(try component.packageURL())
        } catch {
            warn("\(component.label): \(error.reason)")
        }
    }

    private func isExpectedToBePackage(_ component: CycloneDXComponent) -> Bool {
        if Self.silentTypes.contains(component.type) { return false }
        // Trivy writes lock files as applications without version; their packages are components of their own.
        return component.type != "application" || component.version != nil
    }

    private mutating func warn(_ warning: String) {
        if warnings.count < SBOMDocument.maximumWarnings {
            warnings.append(warning)
        } else {
            omittedWarnings += 1
        }
    }
}
