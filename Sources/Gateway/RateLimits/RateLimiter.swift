import Foundation
import Stores
import Synchronization

/// Counts the requests of companies and agents in token buckets, here first: deciding takes no round trip. What was admitted is told to
/// ``SharedRateLimits`` in the background, four times a second; between two times a client can get at most its quota from each gateway.
///
/// A bucket is one number, the moment at which it will be full again (the generic cell rate algorithm).
///
/// - Source: ITU-T I.371, annex A.
final class RateLimiter: Sendable {
    /// Whose requests are counted together.
    enum Subject: Hashable, Sendable {
        /// People and programs of a company.
        case company(CompanyID)
        /// All agents of a company.
        case fleet(CompanyID)
        case agent(AgentID)
    }

    /// How a client stands after a request, of the policy that is nearest to its end.
    struct Standing: Sendable, Equatable {
        let name: String
        let policy: RatePolicy
        /// Whole requests left.
        let remaining: Int64
        /// Seconds until the bucket is full, rounded up.
        let reset: Int64
        /// Seconds until the next request is admitted; `nil` when this one was.
        let retryAfter: Int64?
    }

    private let limits: GatewayConfiguration.Limits
    private let capacity: Int
    private let isShared: Bool
    private let state = Mutex(State())

    private struct State {
        /// When each bucket will be full, in microseconds since 1970. A full one needs no entry.
        var full: [Subject: Int64] = [:]
        /// Admitted since it was told to the others, in microseconds.
        var untold: [Subject: Int64] = [:]
    }

    /// - Parameter isShared: Whether ``share(with:now:)`` is called; else nothing is kept for it.
    init(limits: GatewayConfiguration.Limits, isShared: Bool, capacity: Int = 500_000) {
        self.limits = limits
        self.isShared = isShared
        self.capacity = capacity
    }

    /// Buckets that are remembered.
    var count: Int { state.withLock { $0.full.count } }

    /// Takes a token from each bucket, or from none.
    func take(_ subjects: [Subject], now: Date) -> Standing? {
        let time = Self.microseconds(now)
        return state.withLock { state in
            var standings: [(Subject, Int64, Standing)] = []
            for subject in subjects {
                let (name, policy) = policy(of: subject)
                let full = max(state.full[subject] ?? 0, time) + policy.cost
                standings.append((subject, full, Self.standing(name, policy, full: full, time: time)))
            }
            if let refused = standings.filter({ $0.2.retryAfter != nil }).max(by: Self.isNearer) { return refused.2 }
            if state.full.count >= capacity { Self.makeRoom(in: &state, time: time) }
            for (subject, full, standing) in standings {
                state.full[subject] = full
                if isShared { state.untold[subject, default: 0] += standing.policy.cost }
            }
            return standings.max(by: Self.isNearer)?.2
        }
    }

    private static func standing(_ name: String, _ policy: RatePolicy, full: Int64, time: Int64) -> Standing {
        let (window, taken) = (policy.cost * Int64(policy.quota), full - time)
        let over = taken - window
        return Standing(
            name: name, policy: policy, remaining: max(0, (window - taken) / policy.cost),
            reset: seconds(over > 0 ? taken - policy.cost : taken), retryAfter: over > 0 ? max(1, seconds(over)) : nil)
    }

    /// Whether the first is further from its end than the second.
    private static func isNearer(_ first: (Subject, Int64, Standing), _ second: (Subject, Int64, Standing)) -> Bool {
        func left(_ standing: Standing) -> Double {
            standing.retryAfter.map { -Double($0) } ?? Double(standing.remaining) / Double(standing.policy.quota)
        }
        return left(first.2) > left(second.2)
    }

    /// Forgets buckets that are full by now, and when that is nothing all of them.
    private static func makeRoom(in state: inout State, time: Int64) {
        let before = state.full.count
        state.full = state.full.filter { $0.value > time }
        if state.full.count == before { state.full = [:] }
    }

    private func policy(of subject: Subject) -> (String, RatePolicy) {
        switch subject {
        case .company: ("company", limits.companyRequests)
        case .fleet: ("fleet", limits.fleetRequests)
        case .agent: ("agent", limits.agentRequests)
        }
    }

    /// Tells the others what was admitted, and learns what they admitted. What could not be told counts here alone.
    func share(with shared: any SharedRateLimits, now: @Sendable () -> Date) async throws {
        let untold = state.withLock { state in
            defer { state.untold = [:] }
            return state.untold
        }
        guard !untold.isEmpty else { return }
        let subjects = Array(untold.keys)
        let left = try await shared.count(subjects.map { RateUse(key: key($0), cost: untold[$0] ?? 0) })
        let time = Self.microseconds(now())
        state.withLock { state in
            for (subject, left) in zip(subjects, left) {
                // What was admitted meanwhile is not among what the others know.
                let full = time + min(left, policy(of: subject).1.window.microseconds) + (state.untold[subject] ?? 0)
                state.full[subject] = max(state.full[subject] ?? 0, full)
            }
        }
    }

    /// The bucket's name for other gateways. Another policy is another bucket.
    private func key(_ subject: Subject) -> String {
        let (name, policy) = policy(of: subject)
        let id =
            switch subject {
            case .company(let id), .fleet(let id): id.description
            case .agent(let id): id.description
            }
        return "zt:rate:\(name):\(policy.quota):\(policy.window.microseconds):\(id)"
    }

    private static func microseconds(_ date: Date) -> Int64 { Int64(date.timeIntervalSince1970 * 1_000_000) }
    private static func seconds(_ microseconds: Int64) -> Int64 { (microseconds + 999_999) / 1_000_000 }
}

extension RateLimiter.Standing {
    /// `"company";q=6000;w=60`
    ///
    /// - Source: draft-ietf-httpapi-ratelimit-headers-10 section 3, <https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/>
    var policyHeader: String { "\"\(name)\";q=\(policy.quota);w=\(max(1, policy.window.seconds))" }

    /// `"company";r=5999;t=1`
    ///
    /// - Source: the same, section 4.
    var header: String { "\"\(name)\";r=\(remaining);t=\(reset)" }
}
