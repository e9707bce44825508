import BoundedInput
import Foundation
import Logging
import ServiceLifecycle
import Synchronization

/// The keys of a file that other processes may change: looked at every few seconds. While the file cannot be read, the keys read last stand.
public final class SigningKeyRing: Service {
    private let path: String
    private let logger: Logger
    private let held: Mutex<SigningKeys>

    /// How often the file is looked at. A new key signs a minute after it was written, so that all gateways have it by then.
    private static let interval = Duration.seconds(5)

    /// Reads the file, or makes it with one key.
    public init(path: String, logger: Logger) throws(PrivateFileError) {
        self.path = path
        self.logger = logger
        _ = try SigningKeyFile.loadOrCreate(path: path)
        held = Mutex(try SigningKeyFile.loadKeys(path: path))
    }

    /// The keys as they were read last.
    public var keys: SigningKeys { held.withLock { $0 } }

    /// Reads the file again.
    public func reload() throws(PrivateFileError) {
        let keys = try SigningKeyFile.loadKeys(path: path)
        held.withLock { $0 = keys }
    }

    /// Reads the file again and again until it is told to stop.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while (try? await Task.sleep(for: Self.interval)) != nil {
                do {
                    try self.reload()
                } catch {
                    self.logger.error("signing keys cannot be read", metadata: ["error": "\(error)"])
                }
            }
        }
    }
}
