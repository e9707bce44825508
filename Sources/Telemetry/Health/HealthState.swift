import Synchronization

/// Liveness and readiness of this process, told by its parts and asked by the gateway.
///
/// Liveness is "restart me or not": a lost database is no reason for that, so it only fails through ``giveUp(_:)``.
/// Readiness is "send me work or not": ``HealthReport/ready`` holds in phase ready while every required check passes.
/// A check that was named and never reported does not pass: not computed yet must not look like fine.
///
/// All calls are cheap, from any thread.
public final class HealthState: Sendable {
    private struct State {
        var phase = HealthReport.Phase.starting
        var fatal: String?
        /// Why each check does not pass, `nil` when it does.
        var failures: [String: String?]
        /// Checks that readiness does not hang on.
        var optional: Set<String> = []
    }

    private let state: Mutex<State>

    /// Longest detail in characters; what is longer is cut.
    static let longestDetail = 500

    /// Starts in phase `starting`.
    ///
    /// - Parameters:
    ///   - checks: Names of checks that must be reported as passing before the process is ready.
    ///   - optional: Names of checks that are told of and that readiness does not hang on.
    public init(checks: [String] = [], optional: [String] = []) {
        let failures = Dictionary((checks + optional).map { ($0, "not checked yet") }) { first, _ in first }
        state = Mutex(State(failures: failures, optional: Set(optional).subtracting(checks)))
    }

    /// Tells that a check passed. A name not given at the start is added.
    public func pass(_ check: String) {
        state.withLock { $0.failures[check] = .some(nil) }
    }

    /// Tells that a check failed.
    ///
    /// - Parameters:
    ///   - check: Its name; one not given at the start is added.
    ///   - detail: Why, for operators: no secrets. Cut at 500 characters.
    public func fail(_ check: String, detail: String) {
        state.withLock { $0.failures[check] = String(detail.prefix(Self.longestDetail)) }
    }

    /// Forgets a check, when the part it spoke of was taken away.
    public func remove(_ check: String) {
        state.withLock { $0.failures[check] = nil }
    }

    /// Everything is set up. Without effect after ``beginStopping()``.
    public func finishStarting() {
        state.withLock { if $0.phase == .starting { $0.phase = .ready } }
    }

    /// The process was told to end: not ready from now on, so that no new work comes.
    public func beginStopping() {
        state.withLock { $0.phase = .stopping }
    }

    /// Whether the process was told to end.
    public var isStopping: Bool { state.withLock { $0.phase == .stopping } }

    /// The process cannot go on and should be restarted. Final; the first reason is kept.
    public func giveUp(_ reason: String) {
        state.withLock { $0.fatal = $0.fatal ?? String(reason.prefix(Self.longestDetail)) }
    }

    /// Everything at this moment.
    public var report: HealthReport {
        let state = state.withLock(\.self)
        let checks = state.failures.sorted { $0.key < $1.key }.map {
            HealthReport.Check(
                name: $0.key, passing: $0.value == nil, required: !state.optional.contains($0.key), detail: $0.value)
        }
        let live = state.fatal == nil
        return HealthReport(
            phase: state.phase, live: live,
            ready: live && state.phase == .ready && checks.allSatisfy { $0.passing || !$0.required },
            checks: checks, fatal: state.fatal)
    }
}
