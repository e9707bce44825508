import Caching
import Enrichment
import Events
import JobQueue
import Logging
import MemcachedClient
import PostgresStore
import RedisClient
import RedisEventBus
import RedisJobQueue
import RemoteCaching
import ServiceLifecycle
import Stores
import Upkeep
import VerdictClient
import Verdicts

/// The parts of a deployment, made: what every role of this process works with.
struct Parts: Sendable {
    let store: any Store
    let queue: any JobQueue & JobQueueControl
    let events: any EventBus
    let verdicts: any VerdictService & AdvisoryChangeFeed
    /// For what else processes share; `nil` without Redis.
    let redis: RedisClient?
    /// Levels of caches beyond this process.
    let cacheLevels: [GuardedLevel]
    /// Of the process that carries index changes to the findings.
    let changeLeadership: any Leadership
    /// What must run for the parts to work, in the order of starting; ended in the other order.
    let services: [any Service]
    /// What the health of the process tells of.
    let watched: [HealthWatch.Part]

    init(_ deployment: Deployment, logger: Logger) async throws {
        store = try await deployment.openStore()
        var services: [any Service] = []
        if let redis = deployment.redis {
            let client = try RedisClient(redis)
            self.redis = client
            let (queue, bus) = (RedisJobQueue(client: client), RedisEventBus(client: client))
            (self.queue, events) = (queue, bus)
            changeLeadership = RedisLeadership(client: client, task: "index-changes")
            services += [queue, bus]
        } else {
            redis = nil
            (queue, events) = (EmbeddedJobQueue(), EmbeddedEventBus())
            changeLeadership = SoleLeadership()
        }
        if let enrichment = deployment.enrichment {
            let remote = try RemoteVerdictService(configuration: enrichment, logger: logger)
            verdicts = remote
            services.append(remote)
        } else {
            try deployment.data.create()
            let holder = IndexHolder(folder: IndexFolder(path: deployment.data.indexes))
            verdicts = MappedVerdictService(holder: holder, data: deployment.data)
            services.append(IndexWatcher(holder: holder, logger: logger))
        }
        cacheLevels = try Self.cacheLevels(deployment)
        self.services = services
        watched = Self.watched(queue, verdicts, cacheLevels) + Self.database(store)
    }

    private static func cacheLevels(_ deployment: Deployment) throws -> [GuardedLevel] {
        var levels: [GuardedLevel] = []
        if let redis = deployment.redis { levels.append(GuardedLevel(try RedisCacheLevel(redis))) }
        if let memcached = deployment.memcached { levels.append(GuardedLevel(MemcachedCacheLevel(memcached))) }
        return levels
    }

    /// Whether its clock and ours agree, and the standbys that may answer reads, if there are any.
    private static func database(_ store: any Store) -> [HealthWatch.Part] {
        guard let store = store as? PostgresStore else { return [] }
        let clock = HealthWatch.Part("clock") { try await store.checkClock() }
        guard store.replicaCount > 0 else { return [clock] }
        return [clock, HealthWatch.Part("replicas") { try await store.checkReplicas() }]
    }

    private static func watched(
        _ queue: any JobQueueControl, _ verdicts: any VerdictService, _ levels: [GuardedLevel]
    ) -> [HealthWatch.Part] {
        [
            HealthWatch.Part("queue") { _ = try await queue.statistics() },
            HealthWatch.Part("enrichment") {
                if await verdicts.indexDigest == nil { throw Refusal("no index") }
            },
        ]
            + levels.map { level in
                HealthWatch.Part("cache-" + level.name) {
                    if level.isDown { throw Refusal("down") }
                }
            }
    }
}
