import Foundation
import Synchronization

/// A server of its own, which ends with this process or when it is told to.
public final class PostgresCluster: Sendable {
    /// The server did not start; the text is what it logged.
    public struct StartFailure: Error, CustomStringConvertible {
        /// What the server, or the shell, said.
        public let description: String
    }

    /// The temporary folder, in which the socket lies as well: libpq's `host`.
    public let folder: String
    /// The superuser that owns everything; no password is asked for on the socket.
    public static let superuser = "owner"

    private let binaries: String
    private let options: [String]
    private let primary: String
    /// Where it listens besides its socket; `nil` for nowhere.
    public let port: Int?
    private let process = Mutex<Running?>(nil)
    private let databases = Atomic<Int>(0)

    private struct Running: @unchecked Sendable {
        let process: Process
        let input: FileHandle
    }

    /// Where the server's programs are: the newest of Debian's versions, or wherever `initdb` is found.
    private static let installed: String? = {
        let root = "/usr/lib/postgresql"
        let versions = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        let newest = versions.compactMap(Int.init).sorted().last.map { "\(root)/\($0)/bin" }
        let path = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return ([newest].compactMap(\.self) + path).first {
            FileManager.default.isExecutableFile(atPath: $0 + "/initdb")
                && FileManager.default.isExecutableFile(atPath: $0 + "/postgres")
        }
    }()

    /// Whether a server can be started here; tests that need one are skipped when not.
    public static var isAvailable: Bool { installed != nil }

    private static let sharedCluster = Mutex<PostgresCluster?>(nil)

    /// The server that the tests of this process share.
    public static func shared() throws -> PostgresCluster {
        try sharedCluster.withLock { cluster in
            if let cluster { return cluster }
            // Many tests at once, each with a store or three.
            let made = try PostgresCluster(options: ["max_connections=400", "shared_buffers=64MB"])
            cluster = made
            return made
        }
    }

    /// Makes a cluster and starts its server.
    /// - Parameters:
    ///   - options: Settings, "max_connections=20".
    ///   - primary: The server to follow, as a streaming standby that answers reads; `nil` for one of its own.
    ///   - port: A free port of 127.0.0.1 to listen on as well; `nil` for the socket alone.
    ///   - identity: What it shows to those who want TLS; `nil` for a server without.
    public init(
        options: [String] = [], following primary: PostgresCluster? = nil, port: Int? = nil, identity: Identity? = nil
    ) throws {
        guard let binaries = Self.installed else { throw StartFailure(description: "PostgreSQL is not installed") }
        self.binaries = binaries
        self.options = options
        self.primary = primary?.folder ?? ""
        self.port = port
        // Short: a socket's path has at most 107 bytes.
        folder = "/tmp/zt-pg-" + String(UInt64.random(in: 0...UInt64.max), radix: 36)
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false, attributes: [.posixPermissions: 0o755])
        try start(identity: identity)
    }

    /// A certificate and its key, as PEM files.
    public struct Identity: Sendable {
        /// Path of the certificate.
        public let certificate: String
        /// Path of the key, which the server's user need not be able to read.
        public let key: String

        /// Makes one from its parts.
        public init(certificate: String, key: String) {
            self.certificate = certificate
            self.key = key
        }
    }

    deinit { stop() }

    /// As root, the server runs as the user `postgres`, since it refuses root. When this process ends, however it ends, the shell reads the
    /// end of its input, stops the server and removes the folder.
    private static let script = """
        D=$1; B=$2; PRIMARY=$3; CERTIFICATE=$4; KEY=$5; PORT=$6; shift 6
        if [ "$(id -u)" = 0 ]; then
            AS="setpriv --reuid=postgres --regid=postgres --init-groups --reset-env"; chown postgres "$D"
        fi
        if [ ! -d "$D/data" ] && [ -n "$PRIMARY" ]; then
            $AS "$B/pg_basebackup" -h "$PRIMARY" -U owner -D "$D/data" -R -X stream -c fast --no-sync >"$D/init" 2>&1 \\
                || { cat "$D/init"; exit 1; }
        elif [ ! -d "$D/data" ]; then
            $AS "$B/initdb" -D "$D/data" -A trust -U owner --no-sync --no-instructions -E UTF8 --locale=C.UTF-8 >"$D/init" 2>&1 \\
                || { cat "$D/init"; exit 1; }
        fi
        if [ -n "$CERTIFICATE" ]; then
            cp "$CERTIFICATE" "$D/server.crt"; cp "$KEY" "$D/server.key"; chmod 600 "$D/server.key"
            [ -z "$AS" ] || chown postgres "$D/server.crt" "$D/server.key"
        fi
        $AS "$B/postgres" -D "$D/data" -k "$D" -c listen_addresses= -c fsync=off -c full_page_writes=off "$@" \\
            >>"$D/log" 2>&1 </dev/null &
        P=$!
        until "$B/pg_isready" -q -h "$D" -p "$PORT" -U owner; do
            kill -0 $P 2>/dev/null || { cat "$D/log"; exit 1; }
            sleep 0.05
        done
        echo ready
        read -r WORD
        kill -s QUIT $P 2>/dev/null
        wait $P
        [ "$WORD" = keep ] || rm -rf "$D"
        """

    /// Starts the server, again after ``stop(keeping:)``; returns when it answers.
    /// - Parameter identity: What it shows from now on to those who want TLS.
    public func start(identity: Identity? = nil) throws {
        let process = Process()
        let (input, output) = (Pipe(), Pipe())
        process.executableURL = URL(filePath: "/bin/sh")
        var settings = options
        if let port { settings += ["listen_addresses=127.0.0.1", "port=\(port)"] }
        if identity != nil {
            settings += ["ssl=on", "ssl_cert_file=\(folder)/server.crt", "ssl_key_file=\(folder)/server.key"]
        }
        process.arguments =
            [
                "-c", Self.script, "sh", folder, binaries, primary, identity?.certificate ?? "", identity?.key ?? "",
                "\(port ?? 5432)",
            ]
            + settings.flatMap { ["-c", $0] }
        process.standardInput = input
        process.standardOutput = output
        process.standardError = output
        process.currentDirectoryURL = URL(filePath: "/")
        try process.run()
        var said = ""
        while !said.hasSuffix("ready\n") {
            let data = output.fileHandleForReading.availableData
            guard !data.isEmpty else { throw StartFailure(description: said) }
            said += String(decoding: data, as: UTF8.self)
        }
        self.process.withLock { $0 = Running(process: process, input: input.fileHandleForWriting) }
    }

    /// Stops the server as a crash would: at once, without a word to its clients; the next start recovers.
    /// - Parameter keeping: Whether the data stays, for another start.
    public func stop(keeping: Bool = false) {
        let running = process.withLock { running in
            defer { running = nil }
            return running
        }
        guard let running else {
            // Stopped before, with its data.
            if !keeping { try? FileManager.default.removeItem(atPath: folder) }
            return
        }
        if keeping { running.input.write(Data("keep\n".utf8)) }
        try? running.input.close()
        running.process.waitUntilExit()
    }

    /// A name for a database that no other test of this process has.
    public func freshName() -> String { "test_\(databases.add(1, ordering: .relaxed).newValue)" }
}
