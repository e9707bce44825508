import Glibc
import Inventory
import Synchronization

/// Runs a scan on a thread of its own, paces it by the load of the machine, and says what it cost.
public struct Governor: Sendable {
    private let rules: PaceRules?
    private let gauges: LoadGauges

    /// - Parameters:
    ///   - rules: `nil` for full speed and no yielding, as for somebody who waits for the result.
    ///   - gauges: Where the load is read.
    public init(rules: PaceRules? = PaceRules(), gauges: LoadGauges = LoadGauges()) {
        self.rules = rules
        self.gauges = gauges
    }

    /// Runs work that asks before every step whether to go on; the answer may take as long as the load lasts.
    ///
    /// The thread ends with the work, and with it what was asked of the scheduler: the rest of the program keeps its place. The work is never given
    /// up for load: its rests are bounded by ``PaceRules/longestDelay``, after which it is only as slow as the scheduler makes it.
    ///
    /// - Parameter work: Steps are as short as what is read at once; `false` asks it to end, as the task was cancelled.
    /// - Returns: What the work returned, and what it cost.
    /// - Throws: What the work throws, or ``NoThreadError``.
    public func run<Outcome: Sendable>(
        _ work: @escaping @Sendable (_ isToGoOn: @escaping () -> Bool) throws -> Outcome
    ) async throws -> (outcome: Outcome, cost: ScanCost) {
        let isCancelled = CancellationFlag()
        let (rules, gauges) = (rules, gauges)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                let body = {
                    let meter = CostMeter()
                    let driver = PaceDriver(rules: rules, gauges: gauges, isCancelled: isCancelled)
                    let outcome = Result { try work { driver.isToGoOn() } }
                    let cost = driver.finish(meter)
                    continuation.resume(with: outcome.map { ($0, cost) })
                }
                do throws(NoThreadError) { try OwnThread.start(body) } catch { continuation.resume(throwing: error) }
            }
        } onCancel: {
            isCancelled.raise()
        }
    }
}

/// The system gave no thread to the work, which was not begun.
public struct NoThreadError: Error, Sendable, Equatable, CustomStringConvertible {
    /// As pthread_create(3) returns it.
    public let code: Int32

    /// For people.
    public var description: String { "no thread for a scan: \(String(cString: strerror(code)))" }
}

/// Raised once, by whoever cancels.
final class CancellationFlag: Sendable {
    private let state = Atomic(false)

    var isRaised: Bool { state.load(ordering: .relaxed) }

    func raise() { state.store(true, ordering: .relaxed) }
}

/// A thread outside of Swift's pool, whose few threads must not be slow or wait.
private enum OwnThread {
    private final class Body {
        let run: () -> Void
        init(_ run: @escaping () -> Void) { self.run = run }
    }

    static func start(_ body: @escaping () -> Void) throws(NoThreadError) {
        let lent = Unmanaged.passRetained(Body(body))
        var thread = pthread_t()
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        defer { pthread_attr_destroy(&attributes) }
        pthread_attr_setdetachstate(&attributes, Int32(PTHREAD_CREATE_DETACHED))
        // Folders in folders and archives in archives are read by calls within calls; only what is used takes memory.
        pthread_attr_setstacksize(&attributes, 8 << 20)
        let failure = pthread_create(
            &thread, &attributes,
            { argument in
                if let argument { Unmanaged<Body>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, lent.toOpaque())
        guard failure != 0 else { return }
        lent.release()
        throw NoThreadError(code: failure)
    }
}
