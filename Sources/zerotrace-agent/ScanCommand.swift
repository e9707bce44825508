import AgentKit
import ArgumentParser
import FoundationEssentials
import Glibc
import Governor
import HostScan
import Inventory

/// Scans once and prints, without a server.
struct ScanCommand: AsyncParsableCommand {
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

    @Option(
        help: ArgumentHelp(
            "Yield to other programs as the agent does: percent of one processor to take while the machine is busy.",
            valueName: "PERCENT"))
    var cpuBudget: Int?

    @Option(
        name: .customLong("memory"),
        help: ArgumentHelp(
            "File that keeps what was read, so that the next scan with it reads only what changed.", valueName: "FILE"))
    var memoryFile: String?

    func validate() throws {
        if let cpuBudget, !AgentSettings.processorPercents.contains(cpuBudget) {
            throw ValidationError("A CPU budget is 1 to 100 percent.")
        }
        if image != nil, memoryFile != nil {
            throw ValidationError("A memory is of a root: images are read whole each time.")
        }
    }

    func run() async throws {
        let rules = cpuBudget.map { PaceRules(budget: Double($0) / 100) }
        let memory = memoryFile.map(ScanMemoryFile.init(path:))
        let looks = format == .json
        let ((report, running), cost) = try await Governor(rules: rules).run {
            [image, root] isToGoOn -> (ScanReport, RunningState?) in
            let progress = { (step: String) in
                if isatty(STDERR_FILENO) == 1 { StandardStreams.tell(step) }
            }
            if let image { return (try ImageScanner(path: image).scan(progress: progress, isToGoOn: isToGoOn), nil) }
            let scanner = HostScanner(root: root)
            let report =
                if let memory {
                    try memory.update { try scanner.scan(knowing: $0, progress: progress, isToGoOn: isToGoOn) }
                } else {
                    try scanner.scan(progress: progress, isToGoOn: isToGoOn)
                }
            var runningScanner = RunningScanner(root: root)
            return (report, looks ? try runningScanner.scan(beside: report, isToGoOn: isToGoOn) : nil)
        }
        switch format {
        case .table: StandardStreams.print(Array(ScanTable().render(report).utf8))
        case .cyclonedx: StandardStreams.print(CycloneDX.write(report, toolVersion: agentVersion, timestamp: Date()))
        case .json: StandardStreams.print(try ScanJSON.encode(report, running, cost: cost))
        }
        for warning in report.warnings {
            StandardStreams.tell("warning: " + TerminalText.harmless("\(warning.path): \(warning.reason)"))
        }
    }
}
