import Inventory

/// A scan as plain JSON: digest of what is installed, host, packages with their evidence and places, what of it is in use where that can be seen,
/// warnings, what it cost; keys sorted, packages ascending.
enum ScanJSON {
    private struct Document: Encodable {
        let cost: ScanCost
        let digest: String
        let host: HostFacts
        let packages: [Package]
        let running: RunningState?
        let warnings: [ScanWarning]
    }

    private struct Package: Encodable {
        let purl: String
        let evidence: PackageEvidence
        let locations: [String]
    }

    static func encode(_ report: ScanReport, _ running: RunningState?, cost: ScanCost) throws -> [UInt8] {
        let packages = report.packages.map {
            Package(
                purl: $0.package.description, evidence: $0.evidence, locations: report.occurrences[$0.package] ?? [])
        }
        let document = Document(
            cost: cost, digest: report.inventory.digest.description, host: report.host, packages: packages,
            running: running, warnings: report.warnings)
        return try JSONText.encode(document)
    }
}
