import AsyncHTTPClient
import Foundation
import Synchronization

/// What all simulated agents share.
final class Fleet: Sendable {
    let settings: LoadTest
    let http: HTTPClient
    let pool: PackagePool
    let measurements = Measurements()
    private let state = Mutex(State())

    private struct State {
        var inboxes: [String: AsyncStream<AgentRun.Message>.Continuation] = [:]
        /// Images by group.
        var images: [Int: HostImage] = [:]
        var timers: [Timer] = []
        var start = ContinuousClock.now
        var isOver = false
    }

    private struct Timer {
        let due: ContinuousClock.Instant
        let inbox: AsyncStream<AgentRun.Message>.Continuation
    }

    init(settings: LoadTest, http: HTTPClient, pool: PackagePool) {
        self.settings = settings
        self.http = http
        self.pool = pool
    }

    /// The moment from which ``Schedule`` counts.
    var start: ContinuousClock.Instant { state.withLock { $0.start } }

    func begin() { state.withLock { $0.start = .now } }

    /// Whether there is no time left for anybody.
    var isOver: Bool { state.withLock { $0.isOver } }

    func end() { state.withLock { $0.isOver = true } }

    /// Which company an agent belongs to: one after the other.
    func company(of agent: Int) -> Int { agent % settings.companies.count }

    /// The machine behind an agent.
    func host(of agent: Int) -> SimulatedHost {
        let (company, place) = (company(of: agent), agent / settings.companies.count)
        let group = place / HostImage.groupSize * settings.companies.count + company
        return SimulatedHost(
            hostname: "sim-\(company + 1)-\(place / HostImage.groupSize + 1)-\(agent + 1)", image: image(of: group),
            pool: pool, packages: settings.packages, seed: settings.seed &+ 1_000_000_007 &* UInt64(agent + 1))
    }

    private func image(of group: Int) -> HostImage {
        if let image = state.withLock({ $0.images[group] }) { return image }
        let image = HostImage(
            pool: pool, packages: settings.packages, seed: settings.seed &+ 998_244_353 &* UInt64(group + 1))
        state.withLock { $0.images[group] = image }
        return image
    }

    /// Tells where to say that something of this agent was seen.
    func register(_ agentID: String, _ inbox: AsyncStream<AgentRun.Message>.Continuation) {
        state.withLock { $0.inboxes[agentID] = inbox }
    }

    /// The stream shows that an agent's inventory has findings.
    func wasSeen(_ agentID: String) {
        let now = ContinuousClock.now
        _ = state.withLock { $0.inboxes[agentID] }?.yield(.seen(at: now))
    }

    /// Lets an agent know when its next heartbeat is due.
    func schedule(at due: ContinuousClock.Instant, _ inbox: AsyncStream<AgentRun.Message>.Continuation) {
        state.withLock { state in
            let place = state.timers.firstIndex { $0.due < due } ?? state.timers.count
            state.timers.insert(Timer(due: due, inbox: inbox), at: place)
        }
    }

    /// Tells all whose heartbeats are due.
    ///
    /// - Returns: When the next is.
    func ring(at now: ContinuousClock.Instant) -> ContinuousClock.Instant? {
        let (due, next) = state.withLock { state in
            var due: [Timer] = []
            while let last = state.timers.last, last.due <= now { due.append(state.timers.removeLast()) }
            return (due, state.timers.last?.due)
        }
        for timer in due { timer.inbox.yield(.heartbeat(due: timer.due)) }
        return next
    }
}
