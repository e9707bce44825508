import BoundedInput
import Crypto
import Inventory

/// Inventories that the server has not acknowledged yet, on disk, oldest first, and the last one it did acknowledge.
///
/// Bounded in count and bytes: the oldest is dropped and counted. The newest is what matters, as the server can be brought to it from
/// any state; the older ones only tell when things changed.
///
/// A disk that takes nothing more stops no agent: the newest report and the acknowledged inventory are then kept in memory, and what waits on disk
/// stays there. Whoever loses that memory scans again.
struct Spool: Sendable {
    private let folder: StateFolder
    private let files: SealedFile
    private let countLimit: Int
    private let byteLimit: Int
    private var sequence: UInt64
    /// Waiting reports: file name and bytes.
    private var waiting: [(name: String, size: Int)]
    /// The newest report, compressed, when the disk did not take it. It comes after all that wait.
    private var unwritten: [UInt8]?
    /// The acknowledged inventory, compressed, when the disk did not take it.
    private var unwrittenBase: [UInt8]?
    /// Reports dropped since the agent started.
    private(set) var dropped = 0
    /// The newest inventory the server holds; `nil` before the first.
    private(set) var acknowledged: InventoryDigest?
    /// Digest of the newest report, waiting or acknowledged.
    private(set) var newest: InventoryDigest?
    /// Why something is in memory alone; `nil` when all of it is on disk.
    private(set) var refusal: AgentError?

    static let countLimit = 32
    static let byteLimit = 8 << 20
    static let inventoryLimit = 32 << 20

    // Named as agents before named them, whose files were not sealed: theirs are still read, and an older agent put back on a machine clears ours away.
    private static let acknowledgedName = "acknowledged.gz"
    private static let prefix = "report-"

    /// - Parameter key: What the files are sealed with.
    init(
        folder: StateFolder, key: SymmetricKey, countLimit: Int = Self.countLimit, byteLimit: Int = Self.byteLimit
    ) throws(AgentError) {
        self.folder = folder
        files = SealedFile(key: key)
        self.countLimit = countLimit
        self.byteLimit = byteLimit
        sequence = 0
        waiting = Self.waiting(in: folder)
        for (name, _) in waiting {
            sequence = max(sequence, UInt64(name.dropFirst(Self.prefix.count).dropLast(3), radix: 16) ?? 0)
        }
        acknowledged = try load(Self.acknowledgedName)?.digest
        newest = try waiting.last.flatMap { (last) throws(AgentError) in try load(last.name)?.digest } ?? acknowledged
    }

    var isEmpty: Bool { waiting.isEmpty && unwritten == nil }

    /// Names and bytes of the reports that wait in a folder, oldest first; none is read.
    static func waiting(in folder: StateFolder) -> [(name: String, size: Int)] {
        folder.list().filter { $0.hasPrefix(prefix) && $0.hasSuffix(".gz") }.map { ($0, folder.size(of: $0)) }
    }

    /// Keeps a report unless it says what the newest one says already.
    mutating func append(_ inventory: Inventory) {
        guard inventory.digest != newest else { return }
        newest = inventory.digest
        // The disk may take again what it refused before; if not, memory holds the newest alone.
        if let former = unwritten, !write(former) { dropped += 1 }
        let bytes = Gzip.compress(inventory.encoded())
        unwritten = write(bytes) ? nil : bytes
        while waiting.count > countLimit || (waiting.count > 1 && waiting.reduce(0) { $0 + $1.size } > byteLimit) {
            folder.remove(waiting.removeFirst().name)
            dropped += 1
        }
    }

    /// Makes a report's file, the newest of them; `false` when the disk refuses.
    private mutating func write(_ bytes: [UInt8]) -> Bool {
        let digits = String(sequence + 1, radix: 16)
        let name = Self.prefix + String(repeating: "0", count: 16 - digits.count) + digits + ".gz"
        do throws(AgentError) {
            let sealed = try files.seal(bytes)
            try folder.write(name, sealed)
            sequence += 1
            waiting.append((name, sealed.count))
            refusal = nil
            return true
        } catch {
            refusal = error
            return false
        }
    }

    /// The oldest waiting report. One that is damaged on disk is dropped and counted.
    mutating func oldest() throws(AgentError) -> Inventory? {
        while let first = waiting.first {
            if let inventory = try load(first.name) { return inventory }
            folder.remove(waiting.removeFirst().name)
            dropped += 1
            // The newest report may be the one that is lost: the next scan must be able to say it again.
            if isEmpty { newest = acknowledged }
        }
        return unwritten.flatMap(Self.read)
    }

    /// The newest inventory that the server acknowledged, whole: the base of the next delta.
    func acknowledgedInventory() throws(AgentError) -> Inventory? {
        if let unwrittenBase { return Self.read(unwrittenBase) }
        return try load(Self.acknowledgedName)
    }

    /// The oldest report arrived: it becomes the acknowledged one.
    mutating func acknowledgeOldest(_ inventory: Inventory) {
        acknowledged = inventory.digest
        let bytes: [UInt8]
        if let name = waiting.first?.name {
            waiting.removeFirst()
            // Renamed and not written anew, which takes no room.
            do throws(AgentError) {
                try folder.rename(name, to: Self.acknowledgedName)
                unwrittenBase = nil
                return
            } catch {
                refusal = error
                folder.remove(name)
                bytes = Gzip.compress(inventory.encoded())
            }
        } else {
            bytes = unwritten ?? Gzip.compress(inventory.encoded())
            unwritten = nil
        }
        do throws(AgentError) {
            try folder.write(Self.acknowledgedName, try files.seal(bytes))
            (unwrittenBase, refusal) = (nil, nil)
        } catch {
            (unwrittenBase, refusal) = (bytes, error)
        }
    }

    /// The server lost what it had acknowledged: everything is sent anew.
    mutating func forgetAcknowledged() throws(AgentError) {
        let inventory = try acknowledgedInventory()
        folder.remove(Self.acknowledgedName)
        (acknowledged, unwrittenBase) = (nil, nil)
        guard isEmpty else { return }
        newest = nil
        if let inventory { append(inventory) }
    }

    /// A damaged file reads as absent: what it said will be said again by the next scan.
    private func load(_ name: String) throws(AgentError) -> Inventory? {
        try folder.read(name, limit: Self.inventoryLimit + SealedFile.overhead).flatMap(files.open).flatMap(Self.read)
    }

    private static func read(_ bytes: [UInt8]) -> Inventory? {
        guard let lines = try? Gzip.decompress(bytes, limit: inventoryLimit) else { return nil }
        return try? Inventory(lines: lines, limit: 1_000_000)
    }
}
