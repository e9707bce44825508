import Foundation
import Inventory
import Stores

/// What is in use on an agent's machine, as it last said.
struct RunningReply: Encodable {
    /// When the agent first said that.
    let since: Date
    let kernel: OrNull<KernelReply>
    let rebootPending: Bool
    let rebootReasons: [String]
    let rebootPackages: [String]
    let restartPending: Bool
    let restarts: [RestartReply]
    let listeners: [ListenerReply]
    let gaps: [String]

    private enum CodingKeys: String, CodingKey {
        case since, kernel, restarts, listeners, gaps
        case rebootPending = "reboot_pending"
        case rebootReasons = "reboot_reasons"
        case rebootPackages = "reboot_packages"
        case restartPending = "restart_pending"
    }

    init(_ record: RunningRecord) {
        let state = record.state
        since = record.since
        kernel = OrNull(state.kernel.map { KernelReply(release: $0.release, newer: OrNull($0.newer)) })
        rebootPending = !state.rebootReasons.isEmpty
        rebootReasons = state.rebootReasons
        rebootPackages = state.rebootPackages
        restartPending = !state.restarts.isEmpty
        restarts = state.restarts.map {
            RestartReply(service: OrNull($0.service), program: $0.program, packages: $0.packages, files: $0.files)
        }
        listeners = state.listeners.map {
            ListenerReply(
                transport: $0.transport, port: $0.port, reach: $0.reach, service: OrNull($0.service),
                program: OrNull($0.program), package: OrNull($0.package))
        }
        gaps = state.gaps
    }

    /// The kernel that runs, and what would run after a restart where that is newer.
    struct KernelReply: Encodable {
        let release: String
        let newer: OrNull<String>
    }

    /// A program that runs from files which were replaced.
    struct RestartReply: Encodable {
        let service: OrNull<String>
        let program: String
        let packages: [String]
        let files: [String]
    }

    /// A port at which a program waits.
    struct ListenerReply: Encodable {
        let transport: String
        let port: Int
        let reach: RunningState.Reach
        let service: OrNull<String>
        let program: OrNull<String>
        let package: OrNull<String>
    }
}
