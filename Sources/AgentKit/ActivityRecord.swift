import FoundationEssentials

/// What the agent did last, for whoever asks while it runs or after it ended: `status.json` of the state folder. Times are Unix seconds.
struct ActivityRecord: Sendable, Equatable, Codable {
    /// The scan that ended last.
    struct Scan: Sendable, Equatable, Codable {
        var endedAt: Int64
        /// Time that passed.
        var seconds: Double
        /// Time of processors that it used.
        var processorSeconds: Double
        /// Time that it rested of its own accord; `nil` in what older agents wrote.
        var pausedSeconds: Double?
        /// Most bytes of memory that the agent held meanwhile; `nil` when the kernel does not say.
        var peakMemory: Int?
        /// Packages reported.
        var packages: Int
        /// Things that could not be read.
        var warnings: Int
    }

    /// The last exchange with the server that failed.
    struct Failure: Sendable, Equatable, Codable {
        var at: Int64
        /// For people; shows no secret.
        var reason: String
    }

    var server: String
    var startedAt: Int64
    var lastScan: Scan?
    /// Why the machine is to be restarted, by the words of the report; `nil` when that is not known.
    var reboot: [String]?
    /// Services and programs that are to be restarted.
    var restarts: [String]?
    /// When the server last answered a heartbeat.
    var lastHeartbeatAt: Int64?
    /// Seconds between heartbeats, as set or as the server asks.
    var heartbeatSeconds: Int?
    /// Kept after a later success: it tells what happened when.
    var lastFailure: Failure?

    static let fileName = "status.json"
    static let fileLimit = 128 << 10

    /// What is on disk; `nil` when there is none or it is damaged, as nothing depends on it.
    static func load(in folder: StateFolder) -> ActivityRecord? {
        guard let bytes = try? folder.read(fileName, limit: fileLimit) else { return nil }
        return try? JSONDecoder().decode(ActivityRecord.self, from: Data(bytes))
    }

    /// Keeps it. Not flushed to the disk: a machine that loses power loses a report of what it did, and an idle agent wakes no disk.
    func save(in folder: StateFolder) throws(AgentError) {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys]
        guard let data = try? encoder.encode(self) else { return }
        try folder.write(Self.fileName, Array(data), durably: false)
    }
}
