import Logging
import ServiceLifecycle

/// Notices when a new index was put in place, by a sync in whichever process or by renaming a file.
///
/// It looks four times a second: one stat(2), about 2 µs, and right on every file system, which inotify is not.
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
            var refused = ""
            while !Task.isCancelled {
                do {
                    if let digest = try holder.refresh() {
                        logger.info("index in use", metadata: ["index": "\(digest)"])
                    }
                    refused = ""
                } catch {
                    // Said once for each reason, not four times a second.
                    if refused != "\(error)" {
                        logger.error("index refused, the one before stays", metadata: ["reason": "\(error)"])
                    }
                    refused = "\(error)"
                }
                try? await Task.sleep(for: Self.interval)
            }
        }
    }
}
