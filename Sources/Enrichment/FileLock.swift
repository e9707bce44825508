import Foundation

/// An exclusive lock on a file, which ends with the process that holds it, however it ends.
struct FileLock {
    private let descriptor: Int32

    /// Waits for the lock.
    init(path: String) throws {
        descriptor = open(path, O_CREAT | O_RDWR | O_CLOEXEC, 0o600)
        guard descriptor >= 0, flock(descriptor, LOCK_EX) == 0 else {
            throw CocoaError(.fileWriteNoPermission, userInfo: [NSFilePathErrorKey: path])
        }
    }

    func unlock() {
        close(descriptor)
    }
}
