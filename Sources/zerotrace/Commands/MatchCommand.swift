import ArgumentParser
import Enrichment
import Foundation
import HostScan
import Inventory
import Matching
import PackageIdentity
import Reports
import SBOM

/// How a match is shown.
struct MatchOptions: ParsableArguments {
    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, json
    }

    @OptionGroup var data: DataOptions
    @Option(help: ArgumentHelp("An index file instead of the installation's.", valueName: "FILE")) var index: String?
    @Option(help: "table or json.") var format = Format.table
    @Option(help: ArgumentHelp("Show the evidence on one vulnerability instead.", valueName: "ID")) var explain: String?
    @Option(help: ArgumentHelp("Lines of the table, at most.", valueName: "N")) var limit: Int?
    @Flag(help: "Show every line of the table, also of packages that have many.") var all = false

    /// Lines of one package in the table, unless all are asked for.
    static let linesPerPackage = 4

    /// The index to match against.
    func openIndex() throws -> AdvisoryIndex {
        if let index { return try AdvisoryIndex(path: index) }
        let folder = IndexFolder(path: data.folder.indexes)
        guard let digest = folder.currentDigest(), let index = try folder.open(digest: digest) else {
            throw ValidationError(
                "There are no advisories in \(data.folder.path) yet. Run `zerotrace feeds sync` first.")
        }
        return index
    }

    /// Matches and prints.
    func show(_ packages: [PackageURL]) throws {
        let index = try openIndex()
        if let explain { return try show(explain, of: packages, index: index) }
        let report = MatchReport(packages: packages, index: index)
        switch format {
        case .table:
            Terminal.write(
                report.table(
                    color: Terminal.showsColor, limit: limit, perPackage: all ? nil : Self.linesPerPackage))
        case .json: Terminal.write(try report.json())
        }
    }

    /// Explains the vulnerability for each package that any advisory of it speaks of.
    private func show(_ id: String, of packages: [PackageURL], index: AdvisoryIndex) throws {
        let explanations = packages.map { index.explain($0, vulnerability: id) }.filter { !$0.evidence.isEmpty }
        switch format {
        case .table where explanations.isEmpty:
            print("No advisory of \(id) speaks of any of these \(packages.count) packages.")
        case .table: Terminal.write(explanations.map { $0.text() }.joined(separator: "\n"))
        case .json:
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.sortedKeys, .prettyPrinted, .withoutEscapingSlashes]
            Terminal.write(try encoder.encode(explanations) + Data("\n".utf8))
        }
    }
}

/// Matches the packages of an SBOM.
struct MatchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "match", abstract: "Show what the packages of an SBOM are exposed to.")
    @OptionGroup var options: MatchOptions
    @Option(help: ArgumentHelp("A CycloneDX JSON document; - for standard input.", valueName: "FILE")) var sbom: String

    func run() throws {
        let data =
            try sbom == "-"
            ? FileHandle.standardInput.readToEnd() ?? Data() : Data(contentsOf: URL(filePath: sbom))
        let contents = try SBOMDocument.read([UInt8](data))
        for warning in contents.warnings { Terminal.progress(TerminalText.harmless("left out: \(warning)")) }
        try options.show(contents.packages)
    }
}

/// Scans this machine and matches, without a server.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Scan this machine, or a root folder, and show what it is exposed to.")
    @OptionGroup var options: MatchOptions
    @Option(help: ArgumentHelp("Folder to scan as a root file system.", valueName: "DIR")) var root = "/"

    func run() throws {
        let report = try HostScanner(root: root).scan(progress: Terminal.progress)
        for warning in report.warnings {
            Terminal.progress(TerminalText.harmless("\(warning.path): \(warning.reason)"))
        }
        try options.show(report.inventory.packages)
    }
}
