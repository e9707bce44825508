import FoundationEssentials
import Wire

/// What can be said of the agent from its state folder, whether or not it runs.
public struct AgentStatus: Sendable, Equatable, Encodable {
    /// How it stands.
    public enum Standing: String, Sendable, Encodable {
        /// Enrolled, and the server answered within the last three heartbeat periods.
        case reporting
        /// Enrolled, but the server did not answer for longer than that, or never.
        case silent
        /// No company has taken it yet.
        case notEnrolled = "not_enrolled"
    }

    /// The last scan.
    public struct Scan: Sendable, Equatable, Encodable {
        /// When it ended, RFC 3339.
        public let endedAt: String
        /// Time that passed.
        public let seconds: Double
        /// Time of processors used.
        public let processorSeconds: Double
        /// Time that it rested of its own accord; `nil` when an older agent made the scan.
        public let pausedSeconds: Double?
        /// Most bytes of memory that the agent held meanwhile; `nil` when it is not known.
        public let peakMemory: Int?
        /// Packages reported.
        public let packages: Int
        /// Things that could not be read.
        public let warnings: Int
    }

    /// The last exchange that failed.
    public struct Failure: Sendable, Equatable, Encodable {
        /// When, RFC 3339.
        public let at: String
        /// For people.
        public let reason: String
    }

    /// How it stands.
    public let standing: Standing
    /// Version of the program that answers, which may be newer than the one that runs.
    public let agentVersion: String
    /// Folder that was looked at.
    public let stateFolder: String
    /// Id at the server, once enrolled.
    public let agentID: String?
    /// Name of the company, once enrolled.
    public let company: String?
    /// Base URL of the server that the agent last ran with.
    public let server: String?
    /// When the agent last started, RFC 3339.
    public let startedAt: String?
    /// When the server last answered a heartbeat, RFC 3339.
    public let lastHeartbeatAt: String?
    /// Seconds between heartbeats.
    public let heartbeatSeconds: Int
    /// The last scan, if any.
    public let lastScan: Scan?
    /// Why the machine is to be restarted: "kernel", "requested"; empty when it need not be, `nil` when that is not known.
    public let rebootReasons: [String]?
    /// Services and programs that run from files which were replaced, ascending; `nil` when that is not known.
    public let restarts: [String]?
    /// The last exchange that failed, also when later ones did not.
    public let lastFailure: Failure?
    /// Reports that wait for the server.
    public let waitingReports: Int
    /// Their bytes.
    public let waitingBytes: Int

    private enum CodingKeys: String, CodingKey {
        case standing, company, server, restarts
        case rebootReasons = "reboot_reasons"
        case agentVersion = "agent_version"
        case stateFolder = "state_folder"
        case agentID = "agent_id"
        case startedAt = "started_at"
        case lastHeartbeatAt = "last_heartbeat_at"
        case heartbeatSeconds = "heartbeat_seconds"
        case lastScan = "last_scan"
        case lastFailure = "last_failure"
        case waitingReports = "waiting_reports"
        case waitingBytes = "waiting_bytes"
    }

    /// Looks at the folder and changes nothing in it.
    ///
    /// - Parameter now: Unix seconds.
    /// - Throws: ``AgentError/state(path:reason:)`` when the folder is there and cannot be read. One that is not there is an agent that never ran.
    public init(stateFolder: String, now: Int64) throws(AgentError) {
        let folder = try StateFolder(reading: stateFolder)
        let credential = try Credential.load(in: folder)
        let record = ActivityRecord.load(in: folder)
        let waiting = Spool.waiting(in: folder)
        let period = AgentSession.period(record?.heartbeatSeconds ?? 300)
        // A clock that was set back since shows a heartbeat of the future, which tells nothing against the agent.
        let isFresh = record?.lastHeartbeatAt.map {
            now.subtractingReportingOverflow($0).partialValue <= Int64(period) * 3
        }
        standing = credential?.isEnrolled != true ? .notEnrolled : isFresh == true ? .reporting : .silent
        agentVersion = AgentKit.agentVersion
        self.stateFolder = stateFolder
        agentID = credential?.agentID
        company = credential?.company
        server = record?.server
        startedAt = record.map { Self.text($0.startedAt) }
        lastHeartbeatAt = record?.lastHeartbeatAt.map(Self.text)
        heartbeatSeconds = period
        lastScan = record?.lastScan.map {
            Scan(
                endedAt: Self.text($0.endedAt), seconds: $0.seconds, processorSeconds: $0.processorSeconds,
                pausedSeconds: $0.pausedSeconds, peakMemory: $0.peakMemory, packages: $0.packages, warnings: $0.warnings
            )
        }
        rebootReasons = record?.reboot
        restarts = record?.restarts
        lastFailure = record?.lastFailure.map { Failure(at: Self.text($0.at), reason: $0.reason) }
        waitingReports = waiting.count
        waitingBytes = waiting.reduce(0) { $0 + $1.size }
    }

    /// RFC 3339 in UTC; times that no calendar has are those of its ends.
    private static func text(_ seconds: Int64) -> String {
        let times = GatewayClient.believableTimes
        let bounded = min(max(seconds, times.lowerBound), times.upperBound)
        return Date(timeIntervalSince1970: Double(bounded)).formatted(.iso8601)
    }
}

extension AgentStatus.Scan {
    private enum CodingKeys: String, CodingKey {
        case seconds, packages, warnings
        case endedAt = "ended_at"
        case processorSeconds = "processor_seconds"
        case pausedSeconds = "paused_seconds"
        case peakMemory = "peak_memory"
    }
}
