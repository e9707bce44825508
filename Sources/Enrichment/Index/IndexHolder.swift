import Foundation
import Matching
import Synchronization

/// The index in use in this process, exchanged as a whole: whoever has begun with one finishes with it.
public final class IndexHolder: Sendable {
    /// The file, or the link to it, that a new index is put in place of.
    private let path: String
    /// Where older indexes lie; `nil` when there is only the one file.
    private let folder: IndexFolder?
    private let state = Mutex(State())

    private struct State {
        /// The index in use first, then those before it.
        var held: [AdvisoryIndex] = []
        var stamp: Stamp?
        var watchers: [UUID: AsyncStream<String>.Continuation] = [:]

        /// - Returns: The digest of an index that is another than the one before.
        mutating func use(_ opened: AdvisoryIndex, stamp: Stamp?) -> String? {
            self.stamp = stamp
            guard held.first?.digest != opened.digest else { return nil }
            held.removeAll { $0.digest == opened.digest }
            held = Array(([opened] + held).prefix(1 + IndexHolder.olderHeld))
            // Yielding under the lock keeps the order: a watcher that comes now must not be told of the index before last. It only
            // queues.
            for watcher in watchers.values { watcher.yield(opened.digest) }
            return opened.digest
        }
    }

    /// What tells one file of a name from the next.
    private struct Stamp: Equatable {
        let device: dev_t
        let inode: ino_t
        let size: off_t
        let seconds: Int
        let nanoseconds: Int

        /// - Returns: `nil` when there is no such file.
        init?(path: String) {
            var status = stat()
            guard stat(path, &status) == 0 else { return nil }
            device = status.st_dev
            inode = status.st_ino
            size = status.st_size
            seconds = status.st_mtim.tv_sec
            nanoseconds = status.st_mtim.tv_nsec
        }
    }

    /// Indexes kept mapped behind the one in use, so that listings that began with them can go on.
    private static let olderHeld = 2

    /// Follows the index that an installation has in use; it may have none yet.
    public init(folder: IndexFolder) {
        path = folder.currentLink
        self.folder = folder
    }

    /// Follows one file, which must be there when it is first taken.
    public init(file: String) {
        path = file
        folder = nil
    }

    /// The index in use; `nil` before the first.
    public var index: AdvisoryIndex? { state.withLock { $0.held.first } }

    /// Takes the index that is in place now, if it is another one.
    ///
    /// - Returns: The digest of the index that came into use; `nil` when nothing changed.
    /// - Throws: `IndexError` when the new file is damaged, or a file that was named is missing; the index before stays in use.
    @discardableResult
    public func refresh() throws -> String? {
        let stamp = Stamp(path: path)
        if stamp == nil && folder != nil { return nil }
        guard stamp == nil || stamp != state.withLock({ $0.stamp }) else { return nil }
        let opened = try AdvisoryIndex(path: path)
        // Once per index, 0.1 s: opening checks the frame only, and a damaged content could answer wrongly.
        try opened.verify()
        return state.withLock { $0.use(opened, stamp: stamp) }
    }

    /// An index by digest, the present or an older one; `nil` when it is not held.
    ///
    /// - Throws: `IndexError` when its file is damaged.
    public func index(digest: String) throws -> AdvisoryIndex? {
        let held = state.withLock { $0.held.first { $0.digest == digest } }
        return try held ?? folder?.open(digest: digest)
    }

    /// Digests as they come into use, the present one first. A slow reader sees only the newest.
    public func digests() -> AsyncStream<String> {
        AsyncStream(bufferingPolicy: .bufferingNewest(1)) { continuation in
            let id = UUID()
            continuation.onTermination = { [weak self] _ in
                self?.state.withLock { _ = $0.watchers.removeValue(forKey: id) }
            }
            state.withLock { state in
                state.watchers[id] = continuation
                if let present = state.held.first?.digest { continuation.yield(present) }
            }
        }
    }
}
