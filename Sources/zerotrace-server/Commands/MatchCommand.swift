import ArgumentParser
import DirectCommands

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
        try options.run { run, open throws(UsageError) in try run.match(bills: sbom, open: open) }
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
        try options.run { run, open throws(UsageError) in try run.scan(root: root, open: open) }
    }
}
