import NIOPosix

/// What all connections share.
struct ConnectionParts: Sendable {
    let responder: Responder
    let limits: ServerLimits
    let budget: BodyBudget
    let workers: NIOThreadPool
    let ids: RequestIDs
    let metrics: ServerMetrics
    let watch: IndexWatch
}
