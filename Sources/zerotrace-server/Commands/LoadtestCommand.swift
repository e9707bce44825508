import ArgumentParser
import DirectCommands
import Foundation
import LoadTest
import Matching

/// Simulates agents against a server.
struct LoadtestCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "loadtest", abstract: "Simulate agents against a server, measure it and check its answers.",
        discussion: """
            FILE of --companies is a JSON array of {"token": …, "email": …, "password": …}, readable by its owner alone: an enrollment token with \
            enough uses, and a user who may see findings. Without it, $ZEROTRACE_ENROLLMENT_TOKEN names the one company, and findings are not \
            looked at. Latencies count from when a request was due (open model), not from when it could go out. Ends with 1 when a request \
            failed or an answer was wrong.
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable { case table, json }

    @Option(help: "Base URL of the server.") var server: String
    @Option(
        help: ArgumentHelp(
            "An index that the server answers by: inventories are drawn from it, findings compared with it.",
            valueName: "FILE"))
    var index: String
    @Option(help: ArgumentHelp("Whom the agents join, in turn.", valueName: "FILE")) var companies: String?
    @Option(help: "How many agents.") var agents = 200
    @Option(help: "Packages of each agent.") var packages = 200
    @Option(help: "Seconds during which something happens.") var duration = 60.0
    @Option(help: "Seconds within which the agents arrive.") var arrivals = 10.0
    @Option(help: "Changes of hosts a second, of all agents together.") var changesPerSecond = 5.0
    @Option(help: "Seconds before the first change, such as those of the arrivals.") var changesAfter = 0.0
    @Option(help: "Seconds between two heartbeats of one agent. Default: what the server says.") var heartbeat: Int?
    @Option(help: "Seconds in which everything may come to its end afterwards.") var settle = 120.0
    @Option(help: "Agents of which packages and findings are compared in the end.") var verify = 20
    @Option(help: "The same seed draws the same hosts and changes.") var seed: UInt64 = 1
    @Option(help: ArgumentHelp("Certificate authorities of the server.", valueName: "FILE")) var ca: String?
    @Option(help: "table or json.") var format = Format.table

    func validate() throws {
        guard agents >= 1, packages >= 10, duration > 0, arrivals >= 0, changesPerSecond >= 0, changesAfter >= 0,
            settle >= 0, verify >= 0,
            heartbeat ?? 1 >= 1
        else {
            throw ValidationError("At least one agent with 10 packages, a duration above 0, and no negative numbers.")
        }
    }

    func run() async throws {
        var test = LoadTest(server: server, companies: try joined())
        test.agents = agents
        test.packages = packages
        test.duration = duration
        test.arrivals = arrivals
        test.changesPerSecond = changesPerSecond
        test.changesAfter = changesAfter
        test.heartbeat = heartbeat
        test.settle = settle
        test.verify = verify
        test.seed = seed
        test.authorities = ca
        raiseOpenFileLimit()
        let line = StatusLine()
        let report = try await test.run(index: AdvisoryIndex(path: index)) { line.show($0) }
        line.clear()
        Terminal.write(format == .json ? try report.json() : report.table)
        if !report.isGood { throw ExitCode(1) }
    }

    private func joined() throws -> [LoadTestCompany] {
        if let companies { return try LoadTestCompany.read(path: companies) }
        guard let token = ProcessInfo.processInfo.environment["ZEROTRACE_ENROLLMENT_TOKEN"] else {
            throw ValidationError("Name the companies with --companies, or set ZEROTRACE_ENROLLMENT_TOKEN.")
        }
        return [LoadTestCompany(token: token)]
    }
}
