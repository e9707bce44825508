import Foundation

/// An exclusive lock on a file, which ends with the process that holds it, however it ends.
struct FileLock {
    private let descriptor: Int32

    /// Rest between two tries. Waiting in flock(2) itself would hold one of the few threads that tasks run on, maybe the one that the
    /// holder needs to get done.
    private static let pause = Duration.milliseconds(50)

    /// Waits for the lock.
    ///
    /// - Throws: ``FileFailure`` when the file cannot be made or locked; `CancellationError`.
    init(path: String) async throws {
        let descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw FileFailure(path) }
        self.descriptor = descriptor
        do {
            while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
                guard errno == EWOULDBLOCK || errno == EINTR else { throw FileFailure(path) }
                try await Task.sleep(for: Self.pause)
            }
        } catch {
            close(descriptor)
            throw error
        }
    }

    func unlock() {
        close(descriptor)
    }
}
