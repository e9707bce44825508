import BoundedInput
import Enrichment
import Foundation
import JobQueue
import MemcachedClient
import NIOCore
import PipelinedConnections
import PostgreSQL
import RedisClient
import RedisEventBus
import RedisJobQueue
import Settings

extension FuzzTargets {
    /// What servers answer that this house asks: Redis, memcached, PostgreSQL, the NVD.
    static let replies: [FuzzTarget] = [
        FuzzTarget("redis-replies", dictionary: "redis") { input in
            for reply in readInPieces(input, { RESPParser() }) { checkRedis(reply) }
        },
        FuzzTarget("memcached-replies", dictionary: "redis") { input in
            _ = readInPieces(input, { MemcachedParser() })
        },
        FuzzTarget("postgres-values", maximumLength: 512) { input in checkPostgres(input) },
        FuzzTarget("nvd-pages", form: .json, dictionary: "nvd") { input in try checkPages(input) },
    ]

    // MARK: - Redis and memcached

    /// Replies are the same however the bytes arrive.
    private static func readInPieces<Parser: ReplyParser>(
        _ input: [UInt8], _ parser: () -> Parser
    ) -> [Parser.Reply] where Parser.Reply: Equatable {
        let whole = read([input[...]], parser())
        var pieces: [ArraySlice<UInt8>] = []
        var rest = input[...]
        while !rest.isEmpty {
            let piece = rest.prefix(1 + pieces.count * 7 % 5)
            pieces.append(piece)
            rest = rest.dropFirst(piece.count)
        }
        let again = read(pieces, parser())
        require(whole.replies == again.replies, "pieces give the same replies")
        require(whole.isBroken == again.isBroken, "pieces end the same way")
        return whole.replies
    }

    private static func read<Parser: ReplyParser>(
        _ pieces: [ArraySlice<UInt8>], _ parser: Parser
    ) -> (replies: [Parser.Reply], isBroken: Bool) {
        var parser = parser
        var buffer = ByteBuffer()
        var replies: [Parser.Reply] = []
        for piece in pieces {
            buffer.writeBytes(piece)
            do {
                while let reply = try parser.next(from: &buffer) { replies.append(reply) }
            } catch {
                return (replies, true)
            }
        }
        return (replies, false)
    }

    private static let asked = ServerAddress(host: "localhost", port: 6_379)
    private static let queue: QueueScript = {
        guard let client = try? RedisClient(RedisConfiguration(addresses: [asked])) else { fatalError("no client") }
        return QueueScript(client: client, channel: "work", policy: QueuePolicy(), now: nil)
    }()

    /// Whatever a reply was asked for, reading it as the answer ends in a value or an error.
    private static func checkRedis(_ reply: RedisValue) {
        if let map = try? ClusterMap(reply, asked: asked) {
            let owners = (0..<RedisSlot.count).compactMap { map.owner(of: $0) }
            require(owners.allSatisfy { (1...65_535).contains($0.port) }, "nodes have ports")
        }
        _ = Redirect(reply, from: asked)
        if case .work(let lease)? = try? queue.readLease(reply) {
            require(lease.waited >= .zero, "nobody waited less than no time")
        }
        if let statistics = try? queue.readStatistics(reply) {
            let counts = [statistics.delayed, statistics.leases, statistics.dead] + statistics.pending.values
            // Sums of them over any number of partitions must hold.
            require(counts.allSatisfy { (0...1 << 40).contains($0) }, "counts are counts")
        }
        _ = try? queue.readDeadLetters(reply)
        if let text = reply.text {
            _ = RedisSlot.of(text)
            let channel = "zerotrace:events:\(text)"
            let news =
                [.listening(channel: channel), .message(channel: channel, payload: reply.bytes ?? [])] as [RedisNews]
            for one in news { _ = EventChannels(prefix: "zerotrace").hint(one) }
        }
    }

    // MARK: - PostgreSQL

    /// The first four bytes are the type that the server names.
    private static func checkPostgres(_ input: [UInt8]) {
        guard input.count >= 4 else { return }
        let type = PostgresType(rawValue: input.prefix(4).reduce(0) { $0 << 8 | UInt32($1) })
        let bytes = Array(input.dropFirst(4))
        checkValue(Bool.self, bytes, type)
        checkValue(Int16.self, bytes, type)
        checkValue(Int32.self, bytes, type)
        checkValue(Int64.self, bytes, type)
        checkValue(Int.self, bytes, type)
        checkValue(String.self, bytes, type)
        checkValue(JSONB.self, bytes, type)
        checkValue(Data.self, bytes, type)
        checkValue(UUID.self, bytes, type)
        let numbers = [decode(Double.self, bytes, type)].compactMap(\.self) + (decode([Double].self, bytes, type) ?? [])
        for number in numbers where !number.isNaN {
            require(decode(Double.self, number.postgresBytes ?? [], Double.postgresType) == number, "a number")
        }
        for date in [decode(Date.self, bytes, type)].compactMap(\.self) + (decode([Date].self, bytes, type) ?? []) {
            require(decode(Date.self, date.postgresBytes ?? [], Date.postgresType) != nil, "a time is written")
        }
    }

    private static func checkValue<Value: PostgresArrayElement & Equatable>(
        _ kind: Value.Type, _ bytes: [UInt8], _ type: PostgresType
    ) {
        if let value = decode(kind, bytes, type) {
            require(decode(kind, value.postgresBytes ?? [], kind.postgresType) == value, "a \(kind) reads as itself")
        }
        guard let values = decode([Value].self, bytes, type) else { return }
        let again = decode([Value].self, values.postgresBytes ?? [], kind.postgresArrayType)
        require(again == values, "a list of \(kind) reads as itself")
    }

    private static func decode<Value: PostgresDecodable>(
        _ kind: Value.Type, _ bytes: [UInt8], _ type: PostgresType
    ) -> Value? {
        bytes.withUnsafeBytes { Value.decode($0, type: type) }
    }

    // MARK: - The NVD

    /// A page of changes goes into those that are held, twice; what is held then are pages.
    private static func checkPages(_ input: [UInt8]) throws {
        let head = try NVDPageHead(input, startIndex: 0)
        require(head.count >= 0 && head.total >= 0, "counts are counts")
        let folder = TemporaryPlace.folder + "/nvd"
        try? FileManager.default.removeItem(atPath: folder)
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        let page = TemporaryPlace.file("nvd-page.json.gz", Gzip.compress(input))
        for _ in 0..<2 {
            let pages = NVDPages(folder)
            try pages.append([page], after: pages.lastChange)
        }
        for name in try FileManager.default.contentsOfDirectory(atPath: folder) {
            let file = FileManager.default.contents(atPath: "\(folder)/\(name)").map(Array.init) ?? []
            let bytes = try? Gzip.decompress(file, limit: 1 << 24)
            let kept = try? NVDPageHead(bytes ?? [], startIndex: 0)
            require(kept.map { $0.count == $0.total } ?? false, "\(name) is a page")
        }
    }
}
