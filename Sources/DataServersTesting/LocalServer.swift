import Foundation
import Synchronization

#if canImport(Glibc)
import Glibc
#endif

/// A server process on loopback that ends when it is stopped or when this process ends, whatever comes first.
public final class LocalServer: Sendable {
    /// Where it listens.
    public let port: Int
    /// What is its own; removed when it ends.
    public let folder: URL

    private let command: [String]
    private let keeper = Mutex<LocalProcess?>(nil)

    /// Why a server did not come up.
    public struct Failure: Error, CustomStringConvertible {
        /// What happened.
        public let description: String
    }

    /// Whether a program can be found.
    public static func isInstalled(_ program: String) -> Bool { path(of: program) != nil }

    static func path(of program: String) -> String? {
        ["/usr/bin/", "/usr/local/bin/", "/usr/sbin/", "/bin/"].map { $0 + program }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }

    /// Starts a server and waits until it takes connections.
    ///
    /// - Parameter arguments: Made for a free port and a fresh folder.
    public static func start(
        _ program: String, arguments: (_ port: Int, _ folder: URL) throws -> [String]
    ) async throws -> LocalServer {
        var last: any Error = Failure(description: "\(program) is not installed")
        guard let path = path(of: program) else { throw last }
        // Somebody else may take the port between finding and using it.
        for _ in 0..<3 {
            do {
                let folder = FileManager.default.temporaryDirectory.appending(path: "zerotrace-\(UUID().uuidString)")
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                let port = try Self.freePort()
                let server = LocalServer(
                    port: port, folder: folder, command: [path] + (try arguments(port, folder)))
                try await server.start()
                return server
            } catch {
                last = error
            }
        }
        throw last
    }

    private init(port: Int, folder: URL, command: [String]) {
        self.port = port
        self.folder = folder
        self.command = command
    }

    deinit {
        kill()
        try? FileManager.default.removeItem(at: folder)
    }

    /// Starts it again after ``kill()``, on the same port and folder.
    public func start() async throws {
        // The keeper ends the server, and itself, once the tests are gone.
        let keeping = """
            tests=$1; pid=$2; folder=$3; shift 3
            "$@" & server=$!
            echo $server >"$pid"
            # Of a process that has ended, but that nobody has asked after, this link is gone while the process is not.
            while [ -e "/proc/$tests/exe" ] && kill -0 "$server" 2>/dev/null; do sleep 0.3; done
            if [ -e "/proc/$tests/exe" ]; then exit; fi
            kill -9 "$server"; rm -rf "$folder"
            """
        let process = try LocalProcess.spawn(
            "/bin/sh", ["-c", keeping, "keeper", "\(getpid())", pidFile.path, folder.path] + command,
            output: output.path)
        keeper.withLock { $0 = process }
        try await untilItListens(process)
    }

    /// Ends it at once, as a crash would.
    public func kill() {
        let process = keeper.withLock { keeper in
            defer { keeper = nil }
            return keeper
        }
        guard let process else { return }
        signal(SIGKILL)
        Glibc.kill(process.pid, SIGKILL)
        var status: Int32 = 0
        waitpid(process.pid, &status, 0)
    }

    /// Stops it where it is: it keeps its connections and answers nothing.
    public func freeze() { signal(SIGSTOP) }

    /// Lets it go on.
    public func thaw() { signal(SIGCONT) }

    private var pidFile: URL { folder.appending(path: "pid") }
    private var output: URL { folder.appending(path: "output") }

    private func signal(_ number: Int32) {
        guard let text = try? String(contentsOf: pidFile, encoding: .utf8),
            let pid = Int32(text.trimmingCharacters(in: .whitespacesAndNewlines)), pid > 1
        else { return }
        Glibc.kill(pid, number)
    }

    private func untilItListens(_ process: LocalProcess) async throws {
        for _ in 0..<1_000 {
            if Self.canConnect(to: port) { return }
            if process.statusIfEnded() != nil {
                keeper.withLock { $0 = nil }
                break
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        kill()
        let text = (try? String(contentsOf: output, encoding: .utf8)) ?? ""
        throw Failure(description: "\(command[0]) does not listen on \(port): \(text.suffix(500))")
    }

    /// A port of loopback that nobody used a moment ago.
    public static func freePort() throws -> Int {
        try withLoopbackSocket(port: 0) { socket, address, size in
            guard bind(socket, address, size) == 0 else { throw Failure(description: "no port: \(errno)") }
            var found = sockaddr_in()
            var length = size
            let result = withUnsafeMutablePointer(to: &found) {
                $0.withMemoryRebound(to: sockaddr.self, capacity: 1) { getsockname(socket, $0, &length) }
            }
            guard result == 0 else { throw Failure(description: "no port: \(errno)") }
            return Int(UInt16(bigEndian: found.sin_port))
        }
    }

    private static func canConnect(to port: Int) -> Bool {
        (try? withLoopbackSocket(port: port) { socket, address, size in connect(socket, address, size) == 0 }) ?? false
    }

    private static func withLoopbackSocket<R>(
        port: Int, _ body: (Int32, UnsafePointer<sockaddr>, socklen_t) throws -> R
    ) throws -> R {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { throw Failure(description: "no socket: \(errno)") }
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        return try withUnsafePointer(to: &address) {
            try $0.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                try body(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
    }
}
