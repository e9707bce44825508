import Logging
import ServiceLifecycle

/// Notices when a sync, in whichever process, has put a new index into use.
///
/// It reads one symbolic link four times a second: about 2 µs each, and right on every file system, which inotify is not.
public struct IndexWatcher: Service {
    private let holder: IndexHolder
    private let logger: Logger

    static let interval = Duration.milliseconds(250)

    /// Makes one from its parts.
    public init(holder: IndexHolder, logger: Logger) {
        self.holder = holder
        self.logger = logger
    }

    /// Watches until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                do {
                    if let digest = try holder.refresh() {
                        logger.info("index in use", metadata: ["index": "\(digest)"])
                    }
                } catch {
                    logger.error("index refused, the one before stays", metadata: ["reason": "\(error)"])
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
