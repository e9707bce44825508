import ArgumentParser
import HostScan
import Inventory
import PackageIdentity
import Reports
import SBOM

/// Matches the packages of bills of materials.
struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Show what the packages of an SBOM are exposed to.",
        discussion: MatchOptions.exitCodes)
    @OptionGroup var options: MatchOptions
    @Option(
        help: ArgumentHelp(
            "CycloneDX 1.4 to 1.7 (JSON, XML), SPDX 2.3 or 3.0 (JSON), syft JSON, or package URLs one a line; - for standard input. May be repeated.",
            valueName: "FILE"))
    var sbom: [String]

    func run() throws {
        try MatchRun(options: options).run {
            var merged = MergedBills()
            for path in sbom {
                let contents = try MatchRun.naming(path) {
                    try SBOMDocument.read(InputFile.read(path, limit: SBOMDocument.maximumBytes))
                }
                for warning in contents.warnings {
                    Terminal.progress(TerminalText.harmless("\(path): left out: \(warning)"))
                }
                merged.add(contents.components)
            }
            return (merged.packages, sbom)
        }
    }
}

/// The packages and applications of several bills, each once.
private struct MergedBills {
    private(set) var packages: [ReportedPackage] = []
    private var known: Set<PackageURL> = []
    private var applications: Set<SBOMComponent> = []
    private var documents = 0
    private var resolver = CoordinateResolver()

    /// Takes the next bill's components.
    mutating func add(_ components: [SBOMComponent]) {
        packages.reserveCapacity(packages.count + components.count)
        for component in components {
            if let package = component.package {
                guard known.insert(package).inserted else { continue }
                packages.append(
                    ReportedPackage(
                        package, purl: component.statedPackageURL, cpes: component.cpes,
                        publisher: component.publisher, document: documents, resolver: &resolver))
            } else if applications.insert(component).inserted,
                let application = ReportedPackage(
                    application: component.name, version: component.version, cpes: component.cpes,
                    publisher: component.publisher, document: documents)
            {
                packages.append(application)
            }
        }
        documents += 1
    }
}

/// Scans this machine and matches, without a server.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Scan this machine, or a root folder, and show what it is exposed to.",
        discussion: MatchOptions.exitCodes)
    @OptionGroup var options: MatchOptions
    @Option(help: ArgumentHelp("Folder to scan as a root file system.", valueName: "DIR")) var root = "/"

    func run() throws {
        try MatchRun(options: options).run {
            let report = try HostScanner(root: root).scan(progress: Terminal.progress)
            for warning in report.warnings {
                Terminal.progress(TerminalText.harmless("\(warning.path): \(warning.reason)"))
            }
            var resolver = CoordinateResolver()
            return (report.inventory.packages.map { ReportedPackage($0, resolver: &resolver) }, [])
        }
    }
}
