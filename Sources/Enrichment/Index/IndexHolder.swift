import Foundation
import Matching
import Synchronization

/// The index in use in this process, exchanged as a whole: whoever has begun with one finishes with it.
public final class IndexHolder: Sendable {
    private let folder: IndexFolder
    private let state = Mutex(State())

    private struct State {
        var index: AdvisoryIndex?
        var watchers: [UUID: AsyncStream<String>.Continuation] = [:]
    }

    /// Makes one from its parts.
    public init(folder: IndexFolder) { self.folder = folder }

    /// The index in use; `nil` before the first.
    public var index: AdvisoryIndex? { state.withLock { $0.index } }

    /// Takes the index that the folder names, if it is another one.
    ///
    /// - Returns: The digest of the index that came into use; `nil` when nothing changed.
    /// - Throws: `IndexError` when the new file is damaged; the one before stays in use.
    @discardableResult
    public func refresh() throws -> String? {
        guard let digest = folder.currentDigest(), digest != index?.digest, let opened = try folder.open(digest: digest)
        else { return nil }
        // Once per index, 0.1 s: opening checks the frame only, and a damaged content could answer wrongly.
        try opened.verify()
        // Yielding under the lock keeps the order: a watcher that comes now must not be told of the index before last. It only queues.
        state.withLock { state in
            state.index = opened
            for watcher in state.watchers.values { watcher.yield(opened.digest) }
        }
        return opened.digest
    }

    /// An index by digest, the present or an older one; `nil` when it is not held.
    func index(digest: String) throws -> AdvisoryIndex? {
        if let index, index.digest == digest { return index }
        return try folder.open(digest: digest)
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
                if let present = state.index?.digest { continuation.yield(present) }
            }
        }
    }
}
