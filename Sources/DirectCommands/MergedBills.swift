import PackageIdentity
import Reports
import SBOM

/// The packages and applications of several bills, each once.
struct MergedBills {
    private(set) var packages: [ReportedPackage] = []
    private var known: Set<PackageURL> = []
    private var applications: Set<SBOMComponent> = []
    private var documents = 0
    private var resolver = CoordinateResolver()
    /// A bill names each package once; only several can name one twice.
    private let isOneBill: Bool

    init(count: Int) { isOneBill = count == 1 }

    /// Takes the next bill's components.
    mutating func add(_ components: [SBOMComponent]) {
        packages.reserveCapacity(packages.count + components.count)
        for component in components {
            if let package = component.package {
                guard isOneBill || known.insert(package).inserted else { continue }
                packages.append(
                    ReportedPackage(
                        package, purl: component.statedPackageURL, cpes: component.cpes,
                        publisher: component.publisher, document: documents, resolver: &resolver))
            } else if applications.insert(component).inserted, let other = reported(component) {
                packages.append(other)
            }
        }
        documents += 1
    }

    /// What is no package with a version: a package that states none, or an application.
    private func reported(_ component: SBOMComponent) -> ReportedPackage? {
        if component.version == nil, component.cpes.isEmpty, let text = component.statedPackageURL,
            let package = try? PackageURL(text)
        {
            return ReportedPackage(package, purl: text, publisher: component.publisher, document: documents)
        }
        return ReportedPackage(
            application: component.name, version: component.version, cpes: component.cpes,
            publisher: component.publisher, document: documents)
    }
}
