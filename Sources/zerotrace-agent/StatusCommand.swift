import AgentKit
import ArgumentParser
import FoundationEssentials
import Inventory

/// Says how the agent of this machine stands.
struct StatusCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status", abstract: "Say how the agent of this machine stands, from its state folder.",
        discussion: """
            Exit codes: 0 the server answered within the last three heartbeat periods; 1 it did not, or the machine is not enrolled; 2 the \
            state folder cannot be read, which is for root alone.
            """)

    @OptionGroup var options: SettingsOptions
    @Option(help: "text or json.") var format = AnswerFormat.text

    func run() throws {
        let folder = try options.gather(options.settings).stateFolder ?? AgentSettings.standardStateFolder
        let status: AgentStatus
        do { status = try AgentStatus(stateFolder: folder, now: Int64(Date().timeIntervalSince1970)) } catch {
            StandardStreams.tell(TerminalText.harmless("\(error)"))
            throw ExitCode(2)
        }
        switch format {
        case .json: StandardStreams.print(try JSONText.encode(status))
        case .text:
            StandardStreams.print(Array(Self.lines(status).map { TerminalText.harmless($0) + "\n" }.joined().utf8))
        }
        if status.standing != .reporting { throw ExitCode(1) }
    }

    private static func lines(_ status: AgentStatus) -> [String] {
        var lines = ["state           " + status.standing.rawValue.replacing("_", with: " ")]
        if let company = status.company, let id = status.agentID { lines.append("agent           \(id) of \(company)") }
        lines.append("server          \(status.server ?? "not known yet")")
        lines.append("last heartbeat  \(status.lastHeartbeatAt ?? "none") (every \(status.heartbeatSeconds) s)")
        if let scan = status.lastScan {
            lines.append("last scan       \(scan.endedAt), \(scan.packages) packages, \(scan.warnings) warnings")
            lines.append("it cost         " + cost(of: scan))
        } else {
            lines.append("last scan       none")
        }
        if let reasons = status.rebootReasons, !reasons.isEmpty {
            lines.append("reboot          pending: \(reasons.joined(separator: ", "))")
        }
        if let restarts = status.restarts, !restarts.isEmpty {
            lines.append("restart         pending: \(restarts.joined(separator: ", "))")
        }
        lines.append("waiting         \(status.waitingReports) reports, \(status.waitingBytes) bytes")
        if let failure = status.lastFailure { lines.append("last failure    \(failure.at): \(failure.reason)") }
        return lines
    }

    private static func cost(of scan: AgentStatus.Scan) -> String {
        var parts = ["\(seconds(scan.processorSeconds)) s of processor", "\(seconds(scan.seconds)) s in all"]
        if let rested = scan.pausedSeconds, rested > 0 { parts.append("\(seconds(rested)) s of them at rest") }
        if let peak = scan.peakMemory { parts.append("\(peak / 1_048_576) MiB at most") }
        return parts.joined(separator: ", ")
    }

    /// To the hundredth; a number that somebody else wrote into the file may be any.
    private static func seconds(_ value: Double) -> String {
        value.magnitude < 1e9 ? "\((value * 100).rounded() / 100)" : "?"
    }
}
