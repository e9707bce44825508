import Foundation
import Logging
import ServiceLifecycle
import Subprocess

/// Runs `zerotrace feeds sync` at once and then at an interval, in a process of its own.
public struct FeedSyncService: Service {
    private let arguments: [String]
    private let interval: Duration
    private let logger: Logger

    /// - Parameters:
    ///   - arguments: Of this same program; the sync that an operator would start by hand.
    ///   - interval: Rest between two syncs.
    public init(arguments: [String], interval: Duration, logger: Logger) {
        self.arguments = arguments
        self.interval = interval
        self.logger = logger
    }

    /// Syncs until cancelled or asked to shut down; a sync under way is ended.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await sync()
                try? await Task.sleep(for: interval)
            }
        }
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
