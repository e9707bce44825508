import Logging
import ServiceLifecycle

/// Lets the store know of heartbeats that the desk answered, every second, and once more at the end; keeps the desk informed of who is kept out.
struct PresenceWriter: Service {
    let desk: HeartbeatDesk
    let logger: Logger

    /// How late "last seen" may be, and for how long at most an answer may be wrong that another gateway knows better.
    private static let interval = Duration.seconds(1)

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                await write()
                await desk.askWhoIsKeptOut()
            }
        }
        await write()
    }

    private func write() async {
        do {
            try await desk.write()
        } catch {
            logger.warning("heartbeats not written", metadata: ["error": "\(error)"])
        }
    }
}
