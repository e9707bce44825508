import Crypto
import Foundation
import Stores
import Synchronization
import Wire

/// Counts sign-ins that did not succeed, per e-mail and per address: in bounded memory here, and together with the other gateways while what they share
/// answers.
///
/// An attempt counts before its password is checked, so that many at once cannot pass together; success takes it back.
final class SignInThrottle: Sendable {
    private let perEmail: Int
    private let perAddress: Int
    private let window: TimeInterval
    private let capacity: Int
    private let shared: GuardedMemory?
    private let entries = Mutex([Key: Entry]())

    private enum Key: Hashable {
        case email(String)
        case address(String)

        /// As the other gateways know it. Whom somebody tried to be is nothing that Redis should tell.
        var shared: String {
            switch self {
            case .email(let email):
                "email:" + Base64URL.encode(Array(SHA256.hash(data: Data(email.utf8)).prefix(16)))
            case .address(let address): "address:" + address
            }
        }
    }

    private struct Entry {
        var count: Int
        let startedAt: Date
    }

    /// - Parameter shared: What gateways remember together; `nil` when there is but one.
    init(limits: GatewayConfiguration.Limits, shared: GuardedMemory? = nil, capacity: Int = 20_000) {
        perEmail = limits.failedSignInsPerEmail
        perAddress = limits.failedSignInsPerAddress
        window = limits.signInWindow.timeInterval
        self.capacity = capacity
        self.shared = shared
    }

    /// Counts an attempt.
    ///
    /// - Throws: 429 with the time after which the next attempt has a chance.
    func begin(email: String, address: ClientAddress, now: Date) async throws {
        let keys = keys(email, address)
        if let wait = countHere(keys, now: now) { throw Self.refusal(wait) }
        guard let shared else { return }
        var counted: [Key] = []
        for (key, limit) in keys {
            let window = Duration.seconds(window)
            guard let wait = await shared.ask({ try await $0.countAttempt(key.shared, limit: limit, window: window) })
            else { continue }
            guard let wait else {
                counted.append(key)
                continue
            }
            for key in counted { _ = await shared.ask { try await $0.takeBackAttempt(key.shared) } }
            takeBackHere(keys)
            throw Self.refusal(TimeInterval(wait.milliseconds) / 1_000)
        }
    }

    private func countHere(_ keys: [(Key, Int)], now: Date) -> TimeInterval? {
        entries.withLock { entries -> TimeInterval? in
            let waits = keys.compactMap { key, limit -> TimeInterval? in
                guard let entry = entries[key], entry.count >= limit else { return nil }
                let left = window - now.timeIntervalSince(entry.startedAt)
                return left > 0 ? left : nil
            }
            if let wait = waits.max() { return wait }
            for (key, _) in keys { count(key, in: &entries, now: now) }
            return nil
        }
    }

    private func takeBackHere(_ keys: [(Key, Int)]) {
        entries.withLock { entries in
            for (key, _) in keys { entries[key]?.count -= 1 }
        }
    }

    private static func refusal(_ wait: TimeInterval) -> APIError {
        APIError.rateLimited(
            "Too many attempts to sign in. Wait a while and try again.", retryAfter: .seconds(wait))
    }

    /// Takes an attempt back and forgets the failures of the e-mail.
    func succeed(email: String, address: ClientAddress) async {
        let (email, address) = (Key.email(email), Key.address(address.network))
        entries.withLock { entries in
            entries[email] = nil
            entries[address]?.count -= 1
        }
        guard let shared else { return }
        _ = await shared.ask { try await $0.forgetAttempts(email.shared) }
        _ = await shared.ask { try await $0.takeBackAttempt(address.shared) }
    }

    /// How many e-mails and addresses are remembered.
    var count: Int { entries.withLock { $0.count } }

    private func keys(_ email: String, _ address: ClientAddress) -> [(Key, Int)] {
        [(.email(email), perEmail), (.address(address.network), perAddress)]
    }

    private func count(_ key: Key, in entries: inout [Key: Entry], now: Date) {
        if let entry = entries[key], now.timeIntervalSince(entry.startedAt) < window {
            entries[key]?.count += 1
            return
        }
        if entries.count >= capacity { makeRoom(in: &entries, now: now) }
        entries[key] = Entry(count: 1, startedAt: now)
    }

    /// Drops what is out of its window, and when that is nothing the oldest.
    private func makeRoom(in entries: inout [Key: Entry], now: Date) {
        entries = entries.filter { now.timeIntervalSince($0.value.startedAt) < window }
        guard entries.count >= capacity, let oldest = entries.min(by: { $0.value.startedAt < $1.value.startedAt })
        else { return }
        entries[oldest.key] = nil
    }
}
