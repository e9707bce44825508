import Telemetry

/// The state of the process.
struct HealthReply: Encodable {
    let live: Bool
    let ready: Bool
    let phase: HealthReport.Phase
    let checks: [Check]

    /// One thing that work needs.
    struct Check: Encodable {
        let name: String
        let passing: Bool
        let required: Bool
        let detail: OrNull<String>
    }

    init(_ report: HealthReport, showsDetails: Bool) {
        live = report.live
        ready = report.ready
        phase = report.phase
        checks = report.checks.map {
            Check(
                name: $0.name, passing: $0.passing, required: $0.required,
                detail: OrNull(showsDetails ? $0.detail : nil))
        }
    }
}
