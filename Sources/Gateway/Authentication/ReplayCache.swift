import Crypto
import Foundation
import Synchronization
import Wire

/// Remembers proofs that were used, for as long as they could be used again, in bounded memory.
///
/// Two generations, each as long as a proof lives: what is older than the second cannot pass the check of its time any more.
final class ReplayCache: Sendable {
    private let lifetime: Int64
    private let limit: Int
    private let state = Mutex(State())

    private struct State {
        var current: Set<Fingerprint> = []
        var previous: Set<Fingerprint> = []
        var startedAt: Int64 = 0
    }

    /// Half a SHA-256: enough that nobody makes two proofs with the same one.
    private struct Fingerprint: Hashable {
        let high: UInt64
        let low: UInt64
    }

    enum Outcome {
        case fresh, replayed
        /// Nothing can be remembered any more, so nothing may pass.
        case full
    }

    /// - Parameters:
    ///   - lifetime: Seconds from the earliest to the latest moment at which one proof is in time: twice the window.
    ///   - limit: Most proofs remembered.
    init(lifetime: Int64, limit: Int) {
        self.lifetime = lifetime
        self.limit = limit
    }

    /// Notes the use of a proof, unless it was used before.
    func use(identifier: String, publicKey: [UInt8], now: Int64) -> Outcome {
        let fingerprint = Self.fingerprint(identifier, publicKey)
        return state.withLock { state in
            if now - state.startedAt >= lifetime {
                state.previous = now - state.startedAt < 2 * lifetime ? state.current : []
                state.current = []
                state.startedAt = now
            }
            guard !state.current.contains(fingerprint), !state.previous.contains(fingerprint) else { return .replayed }
            guard state.current.count + state.previous.count < limit else { return .full }
            state.current.insert(fingerprint)
            return .fresh
        }
    }

    /// How other gateways know a proof.
    static func name(_ identifier: String, _ publicKey: [UInt8]) -> String {
        Base64URL.encode(Array(digest(identifier, publicKey).prefix(16)))
    }

    private static func digest(_ identifier: String, _ publicKey: [UInt8]) -> SHA256.Digest {
        SHA256.hash(data: publicKey + Array(identifier.utf8))
    }

    private static func fingerprint(_ identifier: String, _ publicKey: [UInt8]) -> Fingerprint {
        digest(identifier, publicKey).withUnsafeBytes {
            Fingerprint(
                high: $0.loadUnaligned(as: UInt64.self), low: $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
        }
    }
}
