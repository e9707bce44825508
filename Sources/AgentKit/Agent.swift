import AsyncHTTPClient
import BoundedInput
import CLinux
import FoundationEssentials
import HostScan
import Inventory
import Logging
import ServiceLifecycle
import Wire

/// The agent: scans, keeps the server's picture of this machine right, and is silent otherwise.
public struct Agent: Service {
    private let configuration: AgentConfiguration
    private let logger: Logger
    private let runningScanner: RunningScanner

    /// Makes one from its parts.
    public init(configuration: AgentConfiguration, logger: Logger) {
        self.init(
            configuration: configuration, logger: logger, runningScanner: RunningScanner(root: configuration.root))
    }

    /// - Parameter runningScanner: Finds out what is in use, where that is to be reported.
    init(configuration: AgentConfiguration, logger: Logger, runningScanner: RunningScanner) {
        self.configuration = configuration
        self.logger = logger
        self.runningScanner = runningScanner
    }

    /// Runs until cancelled or asked to shut down. A scan under way is abandoned; reports not sent stay on disk.
    ///
    /// - Throws: ``AgentError`` when nothing can be done without somebody's help: a damaged credential, a folder that cannot be
    ///   written, an enrollment token that is refused.
    public func run() async throws {
        let http = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: try TransportSettings.make(configuration))
        let result = await Result { [configuration, logger, runningScanner] in
            try await cancelWhenGracefulShutdown {
                var session = try AgentSession(
                    configuration: configuration, http: http, logger: logger, runningScanner: runningScanner)
                try await session.run()
            }
        }
        try await http.shutdown()
        do { try result.get() } catch is CancellationError {}
    }
}

extension Result where Failure == any Error {
    /// The outcome of an async body.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
