import Crypto
import Scoring

/// A builder's advisories as a file: columns of 32-bit numbers, each behind its length, under one SHA-256.
///
/// Everything is checked on reading: that the digest is right and that every number lies within what it counts. So a file that somebody
/// made up can hold nonsense, but cannot make the program stop.
enum CompiledPart {
    private static let magic = Array("ZTPART\n\0".utf8)
    /// Counts up with every change of the columns or of what they mean.
    private static let version: UInt32 = 2
    /// Largest file read, in bytes.
    private static let sizeLimit = 1 << 30

    /// Writes advisories.
    static func write(_ pending: PendingAdvisories, to path: String) throws(IndexBuildError) {
        var body = SectionBytes()
        let texts = pending.texts.contents
        append(texts.lengths, to: &body)
        append(bytes: texts.bytes, to: &body)
        append(pending.records.flatMap { [$0.id, $0.feed, $0.summary, $0.details] }, to: &body)
        append(pending.records.flatMap { words($0.published) + words($0.modified) + words($0.withdrawn) }, to: &body)
        for list in [pending.aliases, pending.upstream, pending.references] {
            append(list.flatMap { [$0.record, $0.text] }, to: &body)
        }
        append(pending.severities.map(\.record), to: &body)
        append(pending.severities.map(\.vector), to: &body)
        append(pending.severities.map { code(of: $0) }, to: &body)
        append(pending.names.flatMap { [$0.scope, $0.name, $0.spelling] }, to: &body)
        append(pending.names.map { ($0.isSemanticOnly ? 1 : 0) | ($0.hasRanges ? 2 : 0) }, to: &body)
        append(pending.packages.flatMap { [$0.urgency, $0.condition] }, to: &body)
        append(pending.packages.map(\.record), to: &body)
        append(pending.packages.map(\.name), to: &body)
        append(pending.packages.map { UInt32($0.state.indexCode) << 1 | ($0.isEvaluable ? 1 : 0) }, to: &body)
        append(pending.packages.flatMap { [$0.ranges.lowerBound, $0.ranges.upperBound] }, to: &body)
        append(pending.packages.flatMap { [$0.versions.lowerBound, $0.versions.upperBound] }, to: &body)
        append(pending.ranges.flatMap { [$0.lowerBound, $0.upperBound] }, to: &body)
        append(pending.events.map { UInt32($0.kind.rawValue) }, to: &body)
        append(pending.events.map(\.text), to: &body)
        append(pending.versions, to: &body)
        append(pending.derivedCVEs.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }, to: &body)
        append([UInt32(clamping: pending.notAboutSecurity)], to: &body)
        var head = SectionBytes()
        head.append(bytes: magic)
        head.append(version)
        head.append(UInt32(0))
        head.append(bytes: Array(body.digest))
        try AtomicFile(path: path).write([head.bytes, body.take()])
    }

    /// Reads advisories.
    static func read(_ path: String) throws(IndexBuildError) -> PendingAdvisories {
        guard let bytes = AtomicFile(path: path).read(limit: sizeLimit), var columns = PartColumns(bytes, head: 48),
            bytes[..<8].elementsEqual(magic), bytes[8..<12].elementsEqual(words(version)),
            SHA256.hash(data: bytes[48...]).elementsEqual(bytes[16..<48]), let pending = pending(&columns)
        else { throw .damagedCache(path: path) }
        return pending
    }

    private static func pending(_ columns: inout PartColumns) -> PendingAdvisories? {
        var pending = PendingAdvisories()
        guard let lengths = columns.next(), let bytes = columns.nextBytes(),
            let texts = StringPool(lengths: lengths, bytes: bytes)
        else { return nil }
        pending.texts = texts
        let count = UInt32(texts.count)
        guard readRecords(&columns, texts: count, into: &pending), readNames(&columns, texts: count, into: &pending),
            readPackages(&columns, texts: count, into: &pending)
        else { return nil }
        guard let derived = columns.next(below: count), derived.count % 2 == 0, let last = columns.next(),
            last.count == 1, columns.isAtEnd
        else { return nil }
        for index in stride(from: 0, to: derived.count, by: 2) {
            pending.derivedCVEs[derived[index]] = derived[index + 1]
        }
        pending.notAboutSecurity = Int(last[0])
        return pending
    }

    private static func readRecords(
        _ columns: inout PartColumns, texts: UInt32, into pending: inout PendingAdvisories
    ) -> Bool {
        guard let numbers = columns.next(below: texts), numbers.count % 4 == 0, let times = columns.next(),
            times.count == numbers.count / 4 * 6
        else { return false }
        for index in 0..<numbers.count / 4 {
            let number = pending.record(
                for: PendingAdvisories.Record(
                    id: numbers[index * 4], feed: numbers[index * 4 + 1], summary: numbers[index * 4 + 2],
                    details: numbers[index * 4 + 3], published: time(times, index * 6),
                    modified: time(times, index * 6 + 2), withdrawn: time(times, index * 6 + 4)))
            guard number == UInt32(index) else { return false }
        }
        let records = UInt32(pending.records.count)
        guard let aliases = attachments(&columns, records, texts), let upstream = attachments(&columns, records, texts),
            let references = attachments(&columns, records, texts), let owners = columns.next(below: records),
            let vectors = columns.next(), let codes = columns.next(), vectors.count == owners.count,
            codes.count == owners.count, vectors.allSatisfy({ $0 < texts || $0 == IndexFormat.none })
        else { return false }
        pending.aliases = aliases
        pending.upstream = upstream
        pending.references = references
        for index in owners.indices {
            guard let (word, origin) = severity(codes[index]) else { return false }
            pending.severities.append(
                PendingAdvisories.Statement(record: owners[index], vector: vectors[index], word: word, origin: origin))
        }
        return true
    }

    private static func readNames(
        _ columns: inout PartColumns, texts: UInt32, into pending: inout PendingAdvisories
    ) -> Bool {
        guard let numbers = columns.next(below: texts), let flags = columns.next(), numbers.count == flags.count * 3
        else { return false }
        for index in flags.indices {
            let number = pending.nameNumber(scope: numbers[index * 3], name: numbers[index * 3 + 1])
            guard number == UInt32(index) else { return false }
            pending.names[index].spelling = numbers[index * 3 + 2]
            pending.names[index].isSemanticOnly = flags[index] & 1 != 0
            pending.names[index].hasRanges = flags[index] & 2 != 0
        }
        return true
    }

    private static func readPackages(
        _ columns: inout PartColumns, texts: UInt32, into pending: inout PendingAdvisories
    ) -> Bool {
        guard let words = columns.next(below: texts), let owners = columns.next(below: UInt32(pending.records.count)),
            let names = columns.next(below: UInt32(pending.names.count)), let states = columns.next(),
            let ranges = columns.next(), let versions = columns.next(), words.count == owners.count * 2,
            names.count == owners.count, states.count == owners.count, ranges.count == words.count,
            versions.count == words.count, let events = columns.next(), let kinds = columns.next(),
            let eventTexts = columns.next(below: texts), kinds.count == eventTexts.count,
            let listed = columns.next(below: texts), let rangeEvents = bounds(events, within: kinds.count)
        else { return false }
        pending.ranges = rangeEvents
        pending.versions = listed
        for (kind, text) in zip(kinds, eventTexts) {
            guard let kind = UInt8(exactly: kind).flatMap(RangeCompiler.Event.init) else { return false }
            pending.events.append((kind, text))
        }
        guard let rangeBounds = bounds(ranges, within: pending.ranges.count),
            let versionBounds = bounds(versions, within: listed.count)
        else { return false }
        for index in owners.indices {
            guard let state = UInt8(exactly: states[index] >> 1).flatMap(FixState.init(indexCode:)) else {
                return false
            }
            pending.packages.append(
                PendingAdvisories.Package(
                    record: owners[index], name: names[index], urgency: words[index * 2],
                    condition: words[index * 2 + 1], state: state, isEvaluable: states[index] & 1 != 0,
                    ranges: rangeBounds[index], versions: versionBounds[index]))
        }
        return true
    }

    // MARK: - Parts

    private static func attachments(
        _ columns: inout PartColumns, _ records: UInt32, _ texts: UInt32
    ) -> [PendingAdvisories.Attachment]? {
        guard let numbers = columns.next(), numbers.count % 2 == 0 else { return nil }
        var list: [PendingAdvisories.Attachment] = []
        list.reserveCapacity(numbers.count / 2)
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard numbers[index] < records, numbers[index + 1] < texts else { return nil }
            list.append(PendingAdvisories.Attachment(record: numbers[index], text: numbers[index + 1]))
        }
        return list
    }

    private static func bounds(_ numbers: [UInt32], within count: Int) -> [Range<UInt32>]? {
        guard numbers.count % 2 == 0 else { return nil }
        var ranges: [Range<UInt32>] = []
        ranges.reserveCapacity(numbers.count / 2)
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard numbers[index] <= numbers[index + 1], Int(numbers[index + 1]) <= count else { return nil }
            ranges.append(numbers[index]..<numbers[index + 1])
        }
        return ranges
    }

    /// A severity word, or none, and who said it.
    private static func code(of statement: PendingAdvisories.Statement) -> UInt32 {
        let word = statement.word.flatMap { Severity.allCases.firstIndex(of: $0) }.map { UInt32($0) + 1 } ?? 0
        return word << 8 | UInt32(SeverityChoice.code(of: statement.origin))
    }

    private static func severity(_ code: UInt32) -> (word: Severity?, origin: SeverityStatement.Origin)? {
        let word = Int(code >> 8)
        let origins: [SeverityStatement.Origin] = [.vendor, .cna, .nvd, .github]
        guard word <= Severity.allCases.count,
            let origin = origins.first(where: { UInt32(SeverityChoice.code(of: $0)) == code & 0xff })
        else { return nil }
        return (word == 0 ? nil : Severity.allCases[word - 1], origin)
    }

    private static func words(_ time: Int64) -> [UInt32] {
        let bits = UInt64(bitPattern: time)
        return [UInt32(truncatingIfNeeded: bits), UInt32(truncatingIfNeeded: bits >> 32)]
    }

    private static func words(_ value: UInt32) -> [UInt8] { withUnsafeBytes(of: value.littleEndian) { Array($0) } }

    private static func time(_ words: [UInt32], _ index: Int) -> Int64 {
        Int64(bitPattern: UInt64(words[index]) | UInt64(words[index + 1]) << 32)
    }

    private static func append(_ column: [UInt32], to body: inout SectionBytes) {
        body.append(UInt64(column.count))
        #if _endian(little)
        column.withUnsafeBytes { body.append(bytes: $0) }
        #else
        for word in column { body.append(word) }
        #endif
    }

    private static func append(bytes: [UInt8], to body: inout SectionBytes) {
        body.append(UInt64(bytes.count))
        bytes.withUnsafeBytes { body.append(bytes: $0) }
    }
}

/// Reads one column after the other.
struct PartColumns {
    private let bytes: [UInt8]
    private var offset: Int

    /// Begins behind a head; `nil` when the file is no longer than that.
    init?(_ bytes: [UInt8], head: Int) {
        guard bytes.count > head else { return nil }
        self.bytes = bytes
        offset = head
    }

    /// Whether all bytes were read.
    var isAtEnd: Bool { offset == bytes.count }

    /// The next column of numbers; `nil` when it is cut off or some number is not below the limit.
    mutating func next(below limit: UInt32? = nil) -> [UInt32]? {
        guard let count = nextCount(stride: 4) else { return nil }
        let start = offset
        offset += count * 4
        let column = bytes.withUnsafeBytes { all in
            [UInt32](unsafeUninitializedCapacity: count) { buffer, used in
                for index in 0..<count {
                    let word = all.loadUnaligned(fromByteOffset: start + index * 4, as: UInt32.self)
                    buffer.initializeElement(at: index, to: UInt32(littleEndian: word))
                }
                used = count
            }
        }
        if let limit, !column.allSatisfy({ $0 < limit }) { return nil }
        return column
    }

    /// The next column of bytes; `nil` when it is cut off.
    mutating func nextBytes() -> [UInt8]? {
        guard let count = nextCount(stride: 1) else { return nil }
        defer { offset += count }
        return Array(bytes[offset..<offset + count])
    }

    private mutating func nextCount(stride: Int) -> Int? {
        guard bytes.count - offset >= 8 else { return nil }
        let start = offset
        let count = bytes.withUnsafeBytes { $0.loadUnaligned(fromByteOffset: start, as: UInt64.self) }
        offset += 8
        guard let count = Int(exactly: UInt64(littleEndian: count)), count <= (bytes.count - offset) / stride else {
            return nil
        }
        return count
    }
}
