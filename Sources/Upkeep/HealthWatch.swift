import Logging
import ServiceLifecycle
import Telemetry

/// Looks after the parts that a process stands on, and tells its health which of them are down.
public struct HealthWatch: Service {
    /// A part to look after.
    public struct Part: Sendable {
        /// As the health names it, such as `queue`.
        public let name: String
        /// Throws the reason when the part does not work; takes seconds at most.
        public let check: @Sendable () async throws -> Void

        /// Makes one from its parts.
        public init(_ name: String, check: @escaping @Sendable () async throws -> Void) {
            self.name = name
            self.check = check
        }
    }

    private let parts: [Part]
    private let health: HealthState
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - health: Says which of the parts are required.
    ///   - interval: Rest between two looks; the first is taken at once.
    public init(parts: [Part], health: HealthState, interval: Duration = .seconds(2), logger: Logger) {
        self.parts = parts
        self.health = health
        self.interval = interval
        self.logger = logger
    }

    /// Looks until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup(of: Void.self) { group in
                // Each on its own, so that one which hangs does not hide the others.
                for part in parts { group.addTask { await self.watch(part) } }
            }
        }
    }

    private func watch(_ part: Part) async {
        var failing = false
        while !Task.isCancelled {
            do {
                try await part.check()
                health.pass(part.name)
                if failing { logger.notice("part works again", metadata: ["part": "\(part.name)"]) }
                failing = false
            } catch {
                if Task.isCancelled { return }
                health.fail(part.name, detail: "\(error)")
                // Said once, not at every look.
                if !failing {
                    logger.warning("part is down", metadata: ["part": "\(part.name)", "reason": "\(error)"])
                }
                failing = true
            }
            try? await Task.sleep(for: interval)
        }
    }
}
