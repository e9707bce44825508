import ServiceLifecycle
import Telemetry

/// Says that the process serves, and as soon as it is told to end, that it does not want new work.
struct Readiness: Service {
    let health: HealthState
    /// How long the services that end after this one go on working meanwhile.
    var drain = Duration.zero

    /// Runs until asked to shut down, and then for the time that it takes others to notice.
    func run() async throws {
        health.finishStarting()
        try? await gracefulShutdown()
        health.beginStopping()
        // Ends early only when the whole process must end now.
        try? await Task.sleep(for: drain)
    }
}
