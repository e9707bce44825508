import Crypto
import Scoring

/// Threat intelligence as a file, so that a later build need not read its feed again: numbers and texts behind each other, under one SHA-256.
///
/// It is a cache of the very program that wrote it, as ``IndexBuilder/writeCompiled(to:)`` is. Everything is checked on reading, so a file that
/// somebody made up can hold nonsense, but cannot make the program stop.
extension ThreatIntelligence {
    private static let magic = Array("ZTINTEL\0".utf8)
    private static let version: UInt32 = 1
    private static let headSize = 48
    private static let sizeLimit = 1 << 28

    /// Writes everything, as a whole or not at all.
    ///
    /// - Throws: ``IndexBuildError/unwritable(path:step:reason:)``.
    public func writeCompiled(to path: String) throws(IndexBuildError) {
        var body = IntelligenceWriter()
        body.write(epss) { writer, score in
            writer.write(score.probability)
            writer.write(score.percentile)
        }
        body.write(kev) { writer, known in
            writer.write(known.dateAdded)
            writer.write(known.dueDate)
            writer.write(known.ransomware)
        }
        body.write(exploits) { writer, exploits in
            writer.write(exploits.exploitDatabase.map { UInt64(bitPattern: Int64($0)) }) { $0.write($1) }
            writer.write(exploits.isVerified)
            writer.write(exploits.metasploit) { $0.write($1) }
        }
        body.write(ssvc) { $0.write(UInt64($1.indexCode)) }
        body.write(lifecycles) { writer, lifecycle in
            writer.write(lifecycle.product)
            writer.write(lifecycle.identifiers) { $0.write($1) }
            writer.write(lifecycle.releases) { $0.write($1) }
        }
        body.write(supportNotes) { $0.write($1) }
        var head = SectionBytes()
        head.append(bytes: Self.magic)
        head.append(Self.version)
        head.append(UInt32(0))
        head.append(bytes: Array(body.bytes.digest))
        try AtomicFile(path: path).write([head.bytes, body.bytes.take()], flushed: false)
    }

    /// Reads back what ``writeCompiled(to:)`` wrote.
    ///
    /// - Throws: ``IndexBuildError/damagedCache(path:)`` for anything but a whole file of this program's own format.
    public init(compiled path: String) throws(IndexBuildError) {
        guard let bytes = AtomicFile(path: path).read(limit: Self.sizeLimit), bytes.count >= Self.headSize,
            bytes[..<8].elementsEqual(Self.magic), bytes[8..<12].elementsEqual([UInt8(Self.version), 0, 0, 0]),
            SHA256.hash(data: bytes[Self.headSize...]).elementsEqual(bytes[16..<48])
        else { throw .damagedCache(path: path) }
        var reader = IntelligenceReader(bytes, offset: Self.headSize)
        self.init(
            epss: reader.table { EPSSScore(probability: $0.double(), percentile: $0.double()) },
            kev: reader.table {
                KnownExploitation(dateAdded: $0.text(), dueDate: $0.optional(), ransomware: $0.number() != 0)
            },
            exploits: reader.table { reader in
                PublicExploits(
                    exploitDatabase: reader.list { Int(Int64(bitPattern: $0.number())) },
                    isVerified: reader.number() != 0, metasploit: reader.list { $0.text() })
            },
            ssvc: reader.table { SSVCDecisionPoints(indexCode: UInt8(truncatingIfNeeded: $0.number())) },
            lifecycles: reader.table { reader in
                Lifecycle(
                    product: reader.text(), identifiers: reader.list { $0.text() },
                    releases: reader.list { $0.release() })
            },
            supportNotes: reader.list { $0.supportNote() })
        guard reader.isWhole else { throw .damagedCache(path: path) }
    }
}

/// Puts values behind each other.
private struct IntelligenceWriter {
    var bytes = SectionBytes()

    mutating func write(_ number: UInt64) { bytes.append(number) }

    mutating func write(_ number: Double) { bytes.append(number) }

    mutating func write(_ flag: Bool) { bytes.append(UInt64(flag ? 1 : 0)) }

    mutating func write(_ text: String) {
        var text = text
        text.withUTF8 { utf8 in
            bytes.append(UInt32(utf8.count))
            bytes.append(bytes: UnsafeRawBufferPointer(utf8))
        }
    }

    mutating func write(_ text: String?) {
        bytes.append(UInt8(text == nil ? 0 : 1))
        if let text { write(text) }
    }

    mutating func write<Value>(_ list: [Value], _ body: (inout Self, Value) -> Void) {
        write(UInt64(list.count))
        for value in list { body(&self, value) }
    }

    mutating func write<Value>(_ table: [String: Value], _ body: (inout Self, Value) -> Void) {
        write(UInt64(table.count))
        for (key, value) in table {
            write(key)
            body(&self, value)
        }
    }

    mutating func write(_ release: Lifecycle.Release) {
        write(release.cycle)
        write(release.codename)
        write(release.activeSupportEnd)
        write(release.securitySupportEnd)
        write(release.extendedSupportEnd)
        write(release.isEnded)
        write(release.latest)
    }

    mutating func write(_ note: SupportNote) {
        write(note.scope)
        write(note.name)
        write(note.isEnded)
        write(note.lastSupportedVersion)
        write(note.endDate)
        write(note.text)
    }
}

/// Reads values back. Behind the first that is cut off everything is empty, and ``isWhole`` says no.
private struct IntelligenceReader {
    private let bytes: [UInt8]
    private var offset: Int
    private var isCut = false

    init(_ bytes: [UInt8], offset: Int) {
        self.bytes = bytes
        self.offset = offset
    }

    /// Whether all bytes were read, and none was missing.
    var isWhole: Bool { !isCut && offset == bytes.count }

    /// Where the next bytes begin; `nil` when they are cut off.
    private mutating func take(_ count: Int) -> Int? {
        guard !isCut, count <= bytes.count - offset else {
            isCut = true
            return nil
        }
        offset += count
        return offset - count
    }

    private mutating func load<Value: FixedWidthInteger & BitwiseCopyable>(_ type: Value.Type) -> Value {
        guard let start = take(MemoryLayout<Value>.size) else { return 0 }
        return Value(littleEndian: bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: type) })
    }

    mutating func number() -> UInt64 { load(UInt64.self) }

    mutating func double() -> Double { Double(bitPattern: number()) }

    mutating func text() -> String {
        let count = Int(load(UInt32.self))
        guard let start = take(count) else { return "" }
        return bytes.withUnsafeBytes { String(decoding: $0[start..<start + count], as: UTF8.self) }
    }

    mutating func optional() -> String? { load(UInt8.self) == 0 ? nil : text() }

    /// How many values follow: each takes at least one byte.
    private mutating func count() -> Int {
        let count = number()
        guard count <= UInt64(bytes.count - offset) else {
            isCut = true
            return 0
        }
        return Int(count)
    }

    mutating func list<Value>(_ body: (inout Self) -> Value) -> [Value] {
        var list: [Value] = []
        for _ in 0..<count() where !isCut { list.append(body(&self)) }
        return list
    }

    mutating func table<Value>(_ body: (inout Self) -> Value?) -> [String: Value] {
        let count = count()
        var table = [String: Value](minimumCapacity: min(count, 1 << 20))
        for _ in 0..<count where !isCut {
            let key = text()
            table[key] = body(&self)
        }
        return table
    }

    mutating func release() -> Lifecycle.Release {
        Lifecycle.Release(
            cycle: text(), codename: optional(), activeSupportEnd: optional(), securitySupportEnd: optional(),
            extendedSupportEnd: optional(), isEnded: number() != 0, latest: optional())
    }

    mutating func supportNote() -> SupportNote {
        SupportNote(
            scope: text(), name: text(), isEnded: number() != 0, lastSupportedVersion: optional(), endDate: optional(),
            text: text())
    }
}
