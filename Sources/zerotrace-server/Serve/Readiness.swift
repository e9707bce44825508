import ServiceLifecycle
import Telemetry

/// Says that the process serves, and as soon as it is told to end, that it does not want new work.
struct Readiness: Service {
    let health: HealthState

    /// Runs until asked to shut down.
    func run() async throws {
        health.finishStarting()
        try? await gracefulShutdown()
        health.beginStopping()
    }
}
