import AgentKit
import ArgumentParser
import FoundationEssentials
import Glibc
import HostScan
import Inventory

/// Scans once and prints, without a server.
struct ScanCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "scan", abstract: "Scan a root once and print what is installed, and what lock files declare.")

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case table, cyclonedx, json
    }

    @Option(help: ArgumentHelp("Folder to scan as a root file system.", valueName: "DIR")) var root = "/"
    @Option(
        help: ArgumentHelp(
            "Container images to scan instead: an archive of `docker save` or `podman save`, or an OCI layout.",
            valueName: "PATH")) var image: String?
    @Option(help: "table, cyclonedx or json.") var format = Format.table

    func run() throws {
        let progress = { (step: String) in
            if isatty(STDERR_FILENO) == 1 { StandardStreams.tell(step) }
        }
        let report =
            if let image { try ImageScanner(path: image).scan(progress: progress) } else {
                try HostScanner(root: root).scan(progress: progress)
            }
        switch format {
        case .table: StandardStreams.print(Array(ScanTable().render(report).utf8))
        case .cyclonedx: StandardStreams.print(CycloneDX.write(report, toolVersion: agentVersion, timestamp: Date()))
        case .json: StandardStreams.print(try ScanJSON.encode(report))
        }
        for warning in report.warnings {
            StandardStreams.tell("warning: " + TerminalText.harmless("\(warning.path): \(warning.reason)"))
        }
    }
}
