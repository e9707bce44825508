import BoundedInput
import FoundationEssentials
import Glibc

/// The folder that only the agent can read: credential, acknowledged inventory, spool.
struct StateFolder: Sendable {
    let path: String

    /// Makes the folder 0700, also when it existed with wider rights.
    init(path: String) throws(AgentError) {
        self.path = path
        do {
            try FileManager.default.createDirectory(
                atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .state(path: path, reason: "cannot be made: \(error)")
        }
        guard chmod(path, 0o700) == 0 else { throw .state(path: path, reason: Self.reason()) }
    }

    /// A folder that is only looked at: neither made nor given other rights.
    ///
    /// - Throws: ``AgentError/state(path:reason:)`` when it is there and this user may not read it.
    init(reading path: String) throws(AgentError) {
        self.path = path
        guard access(path, R_OK | X_OK) != 0, errno != ENOENT else { return }
        throw .state(path: path, reason: Self.reason())
    }

    /// Reads a file; `nil` when there is none.
    func read(_ name: String, limit: Int) throws(AgentError) -> [UInt8]? {
        let file = path + "/" + name
        // Only what is certainly not there counts as absent: a credential that cannot be read must not be replaced by a new one.
        var status = stat()
        if lstat(file, &status) != 0, errno == ENOENT { return nil }
        do {
            return try BoundedFile.read(file, limit: limit)
        } catch {
            throw .state(path: file, reason: "\(error)")
        }
    }

    /// Writes a file 0600 in one step: a reader, or a kill, sees the old bytes or the new ones.
    ///
    /// - Parameter durably: Whether it also outlives a loss of power.
    func write(_ name: String, _ bytes: [UInt8], durably: Bool = true) throws(AgentError) {
        let file = path + "/" + name
        let temporary = file + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else { throw .state(path: temporary, reason: Self.reason()) }
        let written =
            Self.writeAll(bytes, to: descriptor) && fchmod(descriptor, 0o600) == 0
            && (!durably || fsync(descriptor) == 0)
        let reason = Self.reason()
        close(descriptor)
        guard written else {
            unlink(temporary)
            throw .state(path: temporary, reason: reason)
        }
        guard Glibc.rename(temporary, file) == 0 else { throw .state(path: file, reason: Self.reason()) }
    }

    /// Gives a file another name, in the place of the one that had it.
    func rename(_ name: String, to other: String) throws(AgentError) {
        guard Glibc.rename(path + "/" + name, path + "/" + other) == 0 else {
            throw .state(path: path + "/" + name, reason: Self.reason())
        }
    }

    /// Bytes of a file; 0 when there is none.
    func size(of name: String) -> Int {
        var status = stat()
        return lstat(path + "/" + name, &status) == 0 ? Int(status.st_size) : 0
    }

    func remove(_ name: String) { unlink(path + "/" + name) }

    /// Names of the files, in order.
    func list() -> [String] {
        ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted()
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { buffer in
            var done = 0
            while done < buffer.count {
                let count = Glibc.write(descriptor, buffer.baseAddress.map { $0 + done }, buffer.count - done)
                if count < 0, errno == EINTR { continue }
                guard count > 0 else { return false }
                done += count
            }
            return true
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
