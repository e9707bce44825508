import ArgumentParser
import DirectCommands
import Foundation
import LoadTest
import PackageIdentity
import SBOM

/// Simulates agents against a server.
struct LoadtestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadtest", abstract: "Simulate agents against a server and report what it must hold afterwards.",
        discussion:
            "The enrollment token comes from $ZEROTRACE_ENROLLMENT_TOKEN; it needs as many uses as there are agents.")
    @Option(help: "Base URL of the server.") var server: String
    @Option(help: ArgumentHelp("A CycloneDX document; inventories are drawn from its packages.", valueName: "FILE"))
    var sbom: String
    @Option(help: "How many agents.") var agents = 200
    @Option(help: "Packages of each agent.") var packages = 200
    @Option(help: "Seconds during which they drift.") var seconds = 60
    @Option(help: "Seconds between two exchanges of one agent.") var pause = 2.0
    @Option(help: "The same seed draws the same inventories.") var seed: UInt64 = 1

    func run() async throws {
        guard let token = ProcessInfo.processInfo.environment["ZEROTRACE_ENROLLMENT_TOKEN"] else {
            throw ValidationError("Set ZEROTRACE_ENROLLMENT_TOKEN.")
        }
        let pool = try SBOMDocument.read([UInt8](Data(contentsOf: URL(filePath: sbom)))).packages
        let test = LoadTest(
            server: server, token: token, agents: agents, packages: packages, seconds: seconds, pause: pause, seed: seed
        )
        let report = try await test.run(pool: pool, progress: Terminal.progress)
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        Terminal.write(try encoder.encode(report) + Data("\n".utf8))
        if report.unfinished > 0 { throw ExitCode(1) }
    }
}
