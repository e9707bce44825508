import Foundation
import Logging
import ServiceLifecycle
import Subprocess

/// Runs `zerotrace feeds sync` at an interval, in a process of its own: at once unless a sync was tried more recently than that.
public struct FeedSyncService: Service {
    private let data: DataFolder
    private let arguments: [String]
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - data: Whose feeds.
    ///   - arguments: Of this same program; the sync that an operator would start by hand.
    ///   - interval: Rest between two syncs.
    public init(data: DataFolder, arguments: [String], interval: Duration, logger: Logger) {
        self.data = data
        self.arguments = arguments
        self.interval = interval
        self.logger = logger
    }

    /// Syncs until cancelled or asked to shut down; a sync under way is ended.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                let age = secondsSinceLastTry()
                if age >= interval {
                    await sync()
                    try? await Task.sleep(for: interval)
                } else {
                    try? await Task.sleep(for: interval - age)
                }
            }
        }
    }

    /// How long ago anybody tried a sync; longer than any interval when nobody did, or when the state cannot be read.
    private func secondsSinceLastTry() -> Duration {
        let tried = (try? FeedSync.status(data: data))?.feeds.compactMap(\.triedAt).max() ?? 0
        return .seconds(max(0, Date().timeIntervalSince1970 - Double(tried)))
    }

    private func sync() async {
        do {
            let result = try await Subprocess.run(
                .path("/proc/self/exe"), arguments: Arguments(arguments), output: .discarded,
                error: .string(limit: 1 << 20))
            if result.terminationStatus.isSuccess {
                logger.info("feeds synced")
            } else {
                let reason = result.standardError.split(separator: "\n").last.map(String.init) ?? ""
                logger.error(
                    "feed sync failed", metadata: ["status": "\(result.terminationStatus)", "reason": "\(reason)"])
            }
        } catch {
            if !Task.isCancelled { logger.error("feed sync did not start", metadata: ["reason": "\(error)"]) }
        }
    }
}
