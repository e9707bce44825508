import Foundation

/// Lets happen what the schedule says, when it says so.
struct Simulation: Sendable {
    let fleet: Fleet
    let status: @Sendable (String) -> Void

    private typealias Inbox = AsyncStream<AgentRun.Message>

    /// The longest sleep: heartbeats are put on the list meanwhile, for later than this.
    private static let longestSleep = Duration.milliseconds(50)

    /// Runs all agents to their end.
    func run() async -> [AgentRun.Outcome] {
        let settings = fleet.settings
        let schedule = Schedule(
            agents: settings.agents, arrivals: .seconds(min(settings.arrivals, settings.duration)),
            changes: settings.changesPerSecond, after: .seconds(settings.changesAfter),
            duration: .seconds(settings.duration), seed: settings.seed)
        let inboxes = (0..<settings.agents).map { _ in Inbox.makeStream() }
        fleet.begin()
        return await withTaskGroup(of: AgentRun.Outcome?.self) { group in
            for (number, inbox) in inboxes.enumerated() {
                group.addTask {
                    var agent = AgentRun(number: number, fleet: fleet, inbox: inbox.continuation)
                    return await agent.run(inbox.stream)
                }
            }
            group.addTask {
                await play(schedule, to: inboxes.map(\.continuation))
                return nil
            }
            var outcomes: [AgentRun.Outcome] = []
            while outcomes.count < settings.agents, let outcome = await group.next() {
                if let outcome { outcomes.append(outcome) }
            }
            group.cancelAll()
            return outcomes.sorted { $0.number < $1.number }
        }
    }

    private func play(_ schedule: Schedule, to inboxes: [Inbox.Continuation]) async {
        var entries = schedule.entries[...]
        let start = fleet.start
        let end = start + .seconds(fleet.settings.duration)
        var nextStatus = start
        while !Task.isCancelled {
            let now = ContinuousClock.now
            guard now < end else { break }
            while let entry = entries.first, start + entry.due <= now {
                inboxes[entry.agent].yield(AgentRun.Message(entry, from: start))
                entries.removeFirst()
            }
            let heartbeat = fleet.ring(at: now)
            if now >= nextStatus {
                tell("running", at: now)
                nextStatus = now + .seconds(1)
            }
            let entry = entries.first.map { start + $0.due } ?? end
            let next = min(entry, heartbeat ?? end, end, now + Self.longestSleep)
            try? await Task.sleep(until: next, clock: .continuous)
        }
        for entry in entries { inboxes[entry.agent].yield(AgentRun.Message(entry, from: start)) }
        await settle(inboxes)
    }

    /// Gives what is under way its time; then nobody goes on.
    private func settle(_ inboxes: [Inbox.Continuation]) async {
        for inbox in inboxes { inbox.yield(.finish) }
        let end = ContinuousClock.now + .seconds(fleet.settings.settle)
        while !Task.isCancelled, ContinuousClock.now < end {
            tell("settling", at: .now)
            try? await Task.sleep(for: .seconds(1))
        }
        fleet.end()
        for inbox in inboxes { inbox.finish() }
    }

    private func tell(_ phase: String, at now: ContinuousClock.Instant) {
        let state = fleet.measurements.now
        let answered = state.series.values.reduce(0) { $0 + $1.latencies.count }
        let heartbeat = state.series[.heartbeat]?.latencies.percentile(0.95) ?? 0
        let seen = state.series[.changeSeen]?.latencies.percentile(0.95) ?? 0
        status(
            "\(phase) \(Int((now - fleet.start) / .seconds(1))) s: \(answered) answers, p95 heartbeat \(heartbeat / 1000) ms, seen \(seen / 1000) ms, \(state.failures.count) failed, \(state.wrong.count) wrong"
        )
    }
}

extension AgentRun.Message {
    /// What the schedule says.
    init(_ entry: Schedule.Entry, from start: ContinuousClock.Instant) {
        switch entry.kind {
        case .arrival: self = .arrival(due: start + entry.due)
        case .change: self = .change(due: start + entry.due)
        }
    }
}
