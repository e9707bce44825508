import BoundedInput
import Inventory

/// Inventories that the server has not acknowledged yet, on disk, oldest first, and the last one it did acknowledge.
///
/// Bounded in count and bytes: the oldest is dropped and counted. The newest is what matters, as the server can be brought to it from
/// any state; the older ones only tell when things changed.
struct Spool: Sendable {
    private let folder: StateFolder
    private let countLimit: Int
    private let byteLimit: Int
    private var sequence: UInt64
    /// Waiting reports: file name and bytes.
    private var waiting: [(name: String, size: Int)]
    /// Reports dropped since the agent started.
    private(set) var dropped = 0
    /// The newest inventory the server holds; `nil` before the first.
    private(set) var acknowledged: InventoryDigest?
    /// Digest of the newest report, waiting or acknowledged.
    private(set) var newest: InventoryDigest?

    static let countLimit = 32
    static let byteLimit = 8 << 20
    static let inventoryLimit = 32 << 20

    private static let acknowledgedName = "acknowledged.gz"
    private static let prefix = "report-"

    init(
        folder: StateFolder, countLimit: Int = Self.countLimit, byteLimit: Int = Self.byteLimit
    ) throws(AgentError) {
        self.folder = folder
        self.countLimit = countLimit
        self.byteLimit = byteLimit
        sequence = 0
        waiting = []
        for (name, _) in Self.waiting(in: folder) {
            guard let bytes = try folder.read(name, limit: Self.inventoryLimit) else { continue }
            waiting.append((name, bytes.count))
            sequence = max(sequence, UInt64(name.dropFirst(Self.prefix.count).dropLast(3), radix: 16) ?? 0)
        }
        acknowledged = try Self.load(Self.acknowledgedName, from: folder)?.digest
        newest =
            try waiting.last.flatMap { (last) throws(AgentError) in try Self.load(last.name, from: folder)?.digest }
            ?? acknowledged
    }

    var isEmpty: Bool { waiting.isEmpty }

    /// Names and bytes of the reports that wait in a folder, oldest first; none is read.
    static func waiting(in folder: StateFolder) -> [(name: String, size: Int)] {
        folder.list().filter { $0.hasPrefix(prefix) && $0.hasSuffix(".gz") }.map { ($0, folder.size(of: $0)) }
    }

    /// Keeps a report unless it says what the newest one says already.
    mutating func append(_ inventory: Inventory) throws(AgentError) {
        guard inventory.digest != newest else { return }
        sequence += 1
        let digits = String(sequence, radix: 16)
        let name = Self.prefix + String(repeating: "0", count: 16 - digits.count) + digits + ".gz"
        let bytes = Gzip.compress(inventory.encoded())
        try folder.write(name, bytes)
        waiting.append((name, bytes.count))
        newest = inventory.digest
        while waiting.count > countLimit || (waiting.count > 1 && waiting.reduce(0) { $0 + $1.size } > byteLimit) {
            folder.remove(waiting.removeFirst().name)
            dropped += 1
        }
    }

    /// The oldest waiting report. One that is damaged on disk is dropped and counted.
    mutating func oldest() throws(AgentError) -> Inventory? {
        while let first = waiting.first {
            if let inventory = try Self.load(first.name, from: folder) { return inventory }
            folder.remove(waiting.removeFirst().name)
            dropped += 1
            // The newest report may be the one that is lost: the next scan must be able to say it again.
            if waiting.isEmpty { newest = acknowledged }
        }
        return nil
    }

    /// The newest inventory that the server acknowledged, whole: the base of the next delta.
    func acknowledgedInventory() throws(AgentError) -> Inventory? {
        try Self.load(Self.acknowledgedName, from: folder)
    }

    /// The oldest report arrived: it becomes the acknowledged one.
    mutating func acknowledgeOldest(_ inventory: Inventory) throws(AgentError) {
        try folder.write(Self.acknowledgedName, Gzip.compress(inventory.encoded()))
        acknowledged = inventory.digest
        if !waiting.isEmpty { folder.remove(waiting.removeFirst().name) }
    }

    /// The server lost what it had acknowledged: everything is sent anew.
    mutating func forgetAcknowledged() throws(AgentError) {
        let inventory = try acknowledgedInventory()
        folder.remove(Self.acknowledgedName)
        acknowledged = nil
        guard waiting.isEmpty else { return }
        newest = nil
        if let inventory { try append(inventory) }
    }

    /// A damaged file reads as absent: what it said will be said again by the next scan.
    private static func load(_ name: String, from folder: StateFolder) throws(AgentError) -> Inventory? {
        guard let bytes = try folder.read(name, limit: inventoryLimit),
            let lines = try? Gzip.decompress(bytes, limit: inventoryLimit)
        else { return nil }
        return try? Inventory(lines: lines, limit: 1_000_000)
    }
}
