import Foundation
import Synchronization

/// Counts sign-ins that did not succeed, per e-mail and per address, in bounded memory.
///
/// An attempt counts before its password is checked, so that many at once cannot pass together; success takes it back.
final class SignInThrottle: Sendable {
    private let perEmail: Int
    private let perAddress: Int
    private let window: TimeInterval
    private let capacity: Int
    private let entries = Mutex([Key: Entry]())

    private enum Key: Hashable {
        case email(String)
        case address(String)
    }

    private struct Entry {
        var count: Int
        let startedAt: Date
    }

    init(limits: GatewayConfiguration.Limits, capacity: Int = 20_000) {
        perEmail = limits.failedSignInsPerEmail
        perAddress = limits.failedSignInsPerAddress
        window = limits.signInWindow.timeInterval
        self.capacity = capacity
    }

    /// Counts an attempt.
    ///
    /// - Throws: 429 with the time after which the next attempt has a chance.
    func begin(email: String, address: ClientAddress, now: Date) throws {
        let wait = entries.withLock { entries -> TimeInterval? in
            let keys = keys(email, address)
            let waits = keys.compactMap { key, limit -> TimeInterval? in
                guard let entry = entries[key], entry.count >= limit else { return nil }
                let left = window - now.timeIntervalSince(entry.startedAt)
                return left > 0 ? left : nil
            }
            if let wait = waits.max() { return wait }
            for (key, _) in keys { count(key, in: &entries, now: now) }
            return nil
        }
        if let wait {
            throw APIError.rateLimited(
                "Too many attempts to sign in. Wait a while and try again.", retryAfter: .seconds(wait))
        }
    }

    /// Takes an attempt back and forgets the failures of the e-mail.
    func succeed(email: String, address: ClientAddress) {
        entries.withLock { entries in
            entries[.email(email)] = nil
            entries[.address(address.network)]?.count -= 1
        }
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
