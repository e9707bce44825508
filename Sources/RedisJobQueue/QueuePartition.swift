import RedisClient
import Stores

/// One part of the queue: the keys of one slot.
struct QueuePartition: Sendable {
    /// As `queue.lua` numbers them.
    let keys: [String]

    private static let names =
        ["meta", "jobs", "delayed", "leases", "held", "dead", "epitaphs", "finish", "counts", "weights"]
        + (1...4).map { "line\($0)" } + (1...4).map { "turns\($0)" }

    init(tag: String) {
        keys = Self.names.map { "{\(tag)}:\($0)" }
    }

    /// Partitions whose slots are spread evenly, so that each master of a cluster gets its part.
    static func all(_ count: Int, prefix: String) -> [QueuePartition] {
        (0..<count).map { index in
            let width = RedisSlot.count / count
            let wanted = (index * width)..<((index + 1) * width)
            // Names differ by a number until one falls where it should; one in `count` does.
            let tag = (0...).lazy.map { "\(prefix):queue:\(index).\($0)" }
                .first { count == 1 || wanted.contains(RedisSlot.of($0)) }
            return QueuePartition(tag: tag ?? "\(prefix):queue:\(index)")
        }
    }

    /// Where a company belongs, the same in every process.
    static func index(of scope: CompanyScope, count: Int) -> Int {
        // FNV-1a over the id.
        let hash = withUnsafeBytes(of: scope.companyID.uuid.uuid) { bytes in
            bytes.reduce(0xCBF2_9CE4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        }
        return Int(hash % UInt64(count))
    }
}
