import Foundation

#if canImport(Glibc)
import Glibc
#endif

/// A child process that takes no open files of ours along.
///
/// Foundation's `Process` notices a child's end by a socket that children started at the same time inherit, and then waits for them
/// as well; and its waiting blocks one of the few threads that tests share.
struct LocalProcess: Sendable {
    let pid: pid_t

    /// Starts a program.
    ///
    /// - Parameter output: File that its output is appended to.
    static func spawn(_ path: String, _ arguments: [String], output: String) throws -> LocalProcess {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        posix_spawn_file_actions_adddup2(&actions, 1, 2)
        // Closing what is not open is no error.
        for descriptor in 3..<Int32(1_024) { posix_spawn_file_actions_addclose(&actions, descriptor) }
        var words: [UnsafeMutablePointer<CChar>?] = ([path] + arguments).map { strdup($0) } + [nil]
        defer { for word in words { free(word) } }
        var pid: pid_t = 0
        let result = posix_spawn(&pid, path, &actions, nil, &words, environ)
        guard result == 0 else { throw LocalServer.Failure(description: "\(path) does not start: error \(result)") }
        return LocalProcess(pid: pid)
    }

    /// The exit status once it has ended; -1 when a signal ended it; `nil` while it runs. To be asked no more after that.
    func statusIfEnded() -> Int32? {
        var status: Int32 = 0
        guard waitpid(pid, &status, WNOHANG) == pid else { return nil }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : -1
    }

    /// Waits for its end, without holding a thread.
    func status() async throws -> Int32 {
        while true {
            if let status = statusIfEnded() { return status }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    /// Runs a program to its end.
    /// - Returns: What it prints.
    /// - Throws: When it does not end with 0.
    @discardableResult
    static func run(_ program: String, _ arguments: [String]) async throws -> String {
        guard let path = LocalServer.path(of: program) else {
            throw LocalServer.Failure(description: "\(program) is not installed")
        }
        let output = FileManager.default.temporaryDirectory.appending(path: "zerotrace-\(UUID().uuidString).out")
        defer { try? FileManager.default.removeItem(at: output) }
        let status = try await spawn(path, arguments, output: output.path).status()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        guard status == 0 else {
            throw LocalServer.Failure(description: "\(program) ends with \(status): \(text.suffix(500))")
        }
        return text
    }
}
