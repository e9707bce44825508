import NIOSSL
import Synchronization

/// Watches the live stream of one company for as long as the test runs, and tells agents when what they sent shows there.
struct StreamWatch: Sendable {
    let dashboard: Dashboard
    let tls: TLSConfiguration
    let fleet: Fleet
    private let progress = Progress()

    private final class Progress: Sendable {
        /// Newest event seen.
        let last = Mutex<Int64?>(nil)
    }

    init(dashboard: Dashboard, tls: TLSConfiguration, fleet: Fleet) {
        self.dashboard = dashboard
        self.tls = tls
        self.fleet = fleet
    }

    /// Runs until cancelled; a connection that ends is opened anew and goes on where the one before ended.
    ///
    /// - Parameter onSubscribed: Called once.
    func run(onSubscribed: @escaping @Sendable () -> Void) async {
        let isFirst = Mutex(true)
        while !Task.isCancelled {
            do {
                let token = try await dashboard.token()
                let stream = try await EventStream(server: dashboard.server, tls: tls)
                try await stream.run(token: token, after: progress.last.withLock { $0 }) { message in
                    if message.type == "subscribed",
                        isFirst.withLock({ first in
                            defer { first = false }; return first
                        })
                    {
                        onSubscribed()
                    }
                    take(message)
                }
            } catch {
                if !Task.isCancelled { fleet.measurements.failed("stream: \(error)") }
            }
            try? await Task.sleep(for: .milliseconds(500))
        }
    }

    private func take(_ message: EventStream.Message) {
        switch message.type {
        case "subscribed": progress.last.withLock { last in last = last ?? message.latest }
        case "event":
            guard let event = message.event else { return }
            let isNew = progress.last.withLock { last in
                defer { last = max(last ?? 0, event.id) }
                return event.id > last ?? 0
            }
            guard isNew else { return fleet.measurements.wrong("stream: event \(event.id) came again or out of order") }
            fleet.measurements.sawEvent()
            if event.type == "inventory_applied", let agent = event.data.agentID { fleet.wasSeen(agent) }
        // A token runs out as a matter of course.
        case "error" where message.code != "token_expired":
            fleet.measurements.failed("stream: ended with \(message.code ?? "no code")")
        default: break
        }
    }
}
