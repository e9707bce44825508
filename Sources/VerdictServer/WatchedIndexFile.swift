import Foundation
import Logging
import Matching
import ServiceLifecycle
import Synchronization

/// The index in one file, followed as the file is replaced.
public final class WatchedIndexFile: HeldIndexes {
    private struct State {
        /// The newest first.
        var held: [AdvisoryIndex] = []
        var stamp: Stamp?
    }

    /// What tells one file of a name from the next.
    private struct Stamp: Equatable {
        let inode: UInt64
        let size: UInt64
        let modified: Date
    }

    private let path: String
    private let state = Mutex(State())

    /// Indexes kept mapped behind the one in use, so that listings that began with them can go on.
    private static let olderHeld = 2

    /// Makes one; the file is not opened before ``refresh()``.
    public init(path: String) { self.path = path }

    /// The index in use.
    public var index: AdvisoryIndex? { state.withLock { $0.held.first } }

    /// The present index or one of the two before it.
    public func index(digest: String) -> AdvisoryIndex? {
        state.withLock { $0.held.first { $0.digest == digest } }
    }

    /// Takes the file's index if the file is another one than before.
    ///
    /// - Returns: The digest of the index that came into use; `nil` when nothing changed.
    /// - Throws: `IndexError` when the file is missing or damaged; the index before stays in use.
    @discardableResult
    public func refresh() throws -> String? {
        let stamp = Self.stamp(of: path)
        guard stamp == nil || stamp != state.withLock({ $0.stamp }) else { return nil }
        let opened = try AdvisoryIndex(path: path)
        // Once per index, 0.1 s: opening checks the frame only, and a damaged content could answer wrongly.
        try opened.verify()
        return state.withLock { state in
            state.stamp = stamp
            guard state.held.first?.digest != opened.digest else { return nil }
            state.held.removeAll { $0.digest == opened.digest }
            state.held.insert(opened, at: 0)
            state.held = Array(state.held.prefix(1 + Self.olderHeld))
            return opened.digest
        }
    }

    private static func stamp(of path: String) -> Stamp? {
        guard let attributes = try? FileManager.default.attributesOfItem(atPath: path),
            let inode = attributes[.systemFileNumber] as? NSNumber, let size = attributes[.size] as? NSNumber,
            let modified = attributes[.modificationDate] as? Date
        else { return nil }
        return Stamp(inode: inode.uint64Value, size: size.uint64Value, modified: modified)
    }
}

/// Looks four times a second whether the file was replaced.
public struct IndexFileWatcher: Service {
    private let file: WatchedIndexFile
    private let logger: Logger
    private static let interval = Duration.milliseconds(250)

    /// Makes one from its parts.
    public init(file: WatchedIndexFile, logger: Logger) {
        self.file = file
        self.logger = logger
    }

    /// Watches until cancelled or asked to shut down.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            var refused = ""
            while !Task.isCancelled {
                do {
                    if let digest = try file.refresh() {
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
