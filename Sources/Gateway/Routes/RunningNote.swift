import Inventory
import Stores
import Wire

/// What a heartbeat says is in use: its digest, and with some heartbeats all of it.
struct RunningNote {
    let digest: RunningDigest
    let state: RunningState?

    /// What is kept of it; `nil` when only the digest came.
    var report: RunningReport? { state.map { RunningReport(digest: digest, state: $0) } }

    /// Within the bounds of what agents send; `nil` when a heartbeat says nothing of it.
    ///
    /// - Throws: 400 that names the field.
    init?(checking body: HeartbeatRequest) throws {
        guard let text = body.runningDigest else {
            if body.running != nil { throw APIError.invalid("running_digest: missing") }
            return nil
        }
        guard let digest = RunningDigest(hex: text) else {
            throw APIError.invalid("running_digest: not 64 hexadecimal digits")
        }
        self.digest = digest
        state = body.running
        if let state { try Self.check(state) }
    }

    private static func check(_ state: RunningState) throws {
        let entries = RunningState.maximumEntries
        let lists: [(String, Int, Int)] = [
            ("reboot_reasons", state.rebootReasons.count, 16), ("reboot_packages", state.rebootPackages.count, entries),
            ("restarts", state.restarts.count, entries), ("listeners", state.listeners.count, entries),
            ("running", state.running.count + state.listening.count, RunningState.maximumPackages),
            ("gaps", state.gaps.count, 16),
            ("restarts.files", state.restarts.map(\.files.count).max() ?? 0, RunningState.maximumFiles),
            ("restarts.packages", state.restarts.map(\.packages.count).max() ?? 0, RunningState.maximumFiles),
        ]
        for (name, count, limit) in lists where count > limit {
            throw APIError.invalid("running.\(name): more than \(limit)")
        }
        let texts: [(String, [String?])] = [
            ("kernel", [state.kernel?.release, state.kernel?.newer]), ("reboot_reasons", state.rebootReasons),
            ("reboot_packages", state.rebootPackages),
            ("restarts", state.restarts.flatMap { [$0.service, $0.program] + $0.packages + $0.files }),
            ("listeners", state.listeners.flatMap { [$0.transport, $0.service, $0.program, $0.package] }),
            ("running", state.running), ("listening", state.listening), ("gaps", state.gaps),
        ]
        for (name, texts) in texts where texts.contains(where: { ($0?.utf8.count ?? 0) > RunningState.maximumText }) {
            throw APIError.invalid("running.\(name): longer than \(RunningState.maximumText) bytes")
        }
        guard state.listeners.allSatisfy({ (1...65535).contains($0.port) }) else {
            throw APIError.invalid("running.listeners: a port is not from 1 to 65535")
        }
    }
}
