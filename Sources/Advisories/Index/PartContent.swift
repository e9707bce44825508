import Scoring

/// What a builder holds but for its texts, as columns of numbers. Texts, records and names are numbered from 0, and every number is below what it
/// counts.
struct PartContent {
    /// Id, feed, summary and details of each record: texts.
    let records: [UInt32]
    /// Three times of each record, each as two halves.
    let times: [UInt32]
    /// Aliases, upstream ids and references: a record and a text each.
    let attachments: [[UInt32]]
    let severityRecords: [UInt32]
    /// Texts or "none".
    let vectors: [UInt32]
    /// A severity word, or none, and who said it.
    let severityCodes: [UInt32]
    /// Scope, name and spelling of each name.
    let names: [UInt32]
    let nameFlags: [UInt32]
    /// Urgency and condition of each package.
    let packageTexts: [UInt32]
    let packageRecords: [UInt32]
    let packageNames: [UInt32]
    let packageStates: [UInt32]
    /// The first and the end of the ranges of each package.
    let packageRanges: [UInt32]
    let packageVersions: [UInt32]
    /// The first and the end of the events of each range.
    let ranges: [UInt32]
    let eventKinds: [UInt32]
    let eventTexts: [UInt32]
    let versions: [UInt32]
    /// An id and the CVE in its spelling.
    let derivedCVEs: [UInt32]
    let notAboutSecurity: UInt32
}

extension PartContent {
    /// Takes the columns of a builder.
    init(_ pending: PendingAdvisories) {
        records = pending.records.flatMap { [$0.id, $0.feed, $0.summary, $0.details] }
        times = pending.records.flatMap {
            Self.words($0.published) + Self.words($0.modified) + Self.words($0.withdrawn)
        }
        attachments = [pending.aliases, pending.upstream, pending.references].map { list in
            list.flatMap { [$0.record, $0.text] }
        }
        severityRecords = pending.severities.map(\.record)
        vectors = pending.severities.map(\.vector)
        severityCodes = pending.severities.map { Self.code(of: $0) }
        names = pending.names.flatMap { [$0.scope, $0.name, $0.spelling] }
        nameFlags = pending.names.map { ($0.isSemanticOnly ? 1 : 0) | ($0.hasRanges ? 2 : 0) }
        packageTexts = pending.packages.flatMap { [$0.urgency, $0.condition] }
        packageRecords = pending.packages.map(\.record)
        packageNames = pending.packages.map(\.name)
        packageStates = pending.packages.map { UInt32($0.state.indexCode) << 1 | ($0.isEvaluable ? 1 : 0) }
        packageRanges = pending.packages.flatMap { [$0.ranges.lowerBound, $0.ranges.upperBound] }
        packageVersions = pending.packages.flatMap { [$0.versions.lowerBound, $0.versions.upperBound] }
        ranges = pending.ranges.flatMap { [$0.lowerBound, $0.upperBound] }
        eventKinds = pending.events.map { UInt32($0.kind.rawValue) }
        eventTexts = pending.events.map(\.text)
        versions = pending.versions
        derivedCVEs = pending.derivedCVEs.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
        notAboutSecurity = UInt32(clamping: pending.notAboutSecurity)
    }

    /// All columns, each behind its length.
    var bytes: [UInt8] {
        var body = SectionBytes()
        let columns =
            [records, times] + attachments + [
                severityRecords, vectors, severityCodes, names, nameFlags, packageTexts, packageRecords, packageNames,
                packageStates, packageRanges, packageVersions, ranges, eventKinds, eventTexts, versions, derivedCVEs,
                [notAboutSecurity],
            ]
        for column in columns { body.append(column: column) }
        return body.take()
    }

    /// Reads columns; `nil` unless they end with the bytes, and every number is below what it counts.
    ///
    /// - Parameters:
    ///   - start: Where they begin.
    ///   - texts: How many texts there are.
    init?(_ bytes: UnsafeRawBufferPointer, from start: Int, texts: Int) {
        let texts = UInt32(clamping: texts)
        guard var columns = PartColumns(bytes, from: start), let records = columns.next(below: texts),
            records.count % 4 == 0, let times = columns.next(), times.count == records.count / 4 * 6
        else { return nil }
        let count = UInt32(records.count / 4)
        guard let aliases = columns.next(alternatelyBelow: count, texts),
            let upstream = columns.next(alternatelyBelow: count, texts),
            let references = columns.next(alternatelyBelow: count, texts),
            let severityRecords = columns.next(below: count), let vectors = columns.next(),
            let codes = columns.next(), vectors.count == severityRecords.count, codes.count == severityRecords.count,
            vectors.allSatisfy({ $0 < texts || $0 == IndexFormat.none }),
            codes.allSatisfy({ Self.severity($0) != nil }), let names = columns.next(below: texts),
            let flags = columns.next(), names.count == flags.count * 3
        else { return nil }
        guard let packageTexts = columns.next(below: texts), let packageRecords = columns.next(below: count),
            let packageNames = columns.next(below: UInt32(flags.count)), let states = columns.next(),
            let packageRanges = columns.next(), let packageVersions = columns.next(),
            let ranges = columns.next(), let kinds = columns.next(), let eventTexts = columns.next(below: texts),
            let versions = columns.next(below: texts), let derived = columns.next(below: texts),
            let last = columns.next(), last.count == 1, columns.isAtEnd
        else { return nil }
        let packages = packageRecords.count
        guard packageTexts.count == packages * 2, packageNames.count == packages, states.count == packages,
            packageRanges.count == packages * 2, packageVersions.count == packages * 2,
            kinds.count == eventTexts.count, derived.count % 2 == 0, Self.areBounds(ranges, within: kinds.count),
            Self.areBounds(packageRanges, within: ranges.count / 2),
            Self.areBounds(packageVersions, within: versions.count),
            kinds.allSatisfy({ UInt8(exactly: $0).flatMap(RangeCompiler.Event.init) != nil }),
            states.allSatisfy({ UInt8(exactly: $0 >> 1).flatMap(FixState.init(indexCode:)) != nil })
        else { return nil }
        self.records = records
        self.times = times
        attachments = [aliases, upstream, references]
        self.severityRecords = severityRecords
        self.vectors = vectors
        severityCodes = codes
        self.names = names
        nameFlags = flags
        self.packageTexts = packageTexts
        self.packageRecords = packageRecords
        self.packageNames = packageNames
        packageStates = states
        self.packageRanges = packageRanges
        self.packageVersions = packageVersions
        self.ranges = ranges
        eventKinds = kinds
        self.eventTexts = eventTexts
        self.versions = versions
        derivedCVEs = derived
        notAboutSecurity = last[0]
    }

    /// Whether numbers are pairs of a start and an end, neither above a count.
    private static func areBounds(_ numbers: [UInt32], within count: Int) -> Bool {
        guard numbers.count % 2 == 0 else { return false }
        for index in stride(from: 0, to: numbers.count, by: 2) {
            guard numbers[index] <= numbers[index + 1], Int(numbers[index + 1]) <= count else { return false }
        }
        return true
    }

    // MARK: - Values

    private static func code(of statement: PendingAdvisories.Statement) -> UInt32 {
        let word = statement.word.flatMap { Severity.allCases.firstIndex(of: $0) }.map { UInt32($0) + 1 } ?? 0
        return word << 8 | UInt32(SeverityChoice.code(of: statement.origin))
    }

    /// What a code stands for; `nil` for one that is never written.
    static func severity(_ code: UInt32) -> (word: Severity?, origin: SeverityStatement.Origin)? {
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

    /// The time in two halves.
    func time(_ index: Int) -> Int64 {
        Int64(bitPattern: UInt64(times[index]) | UInt64(times[index + 1]) << 32)
    }
}

extension SectionBytes {
    /// Appends the length of a column and its bytes.
    mutating func append(column: [UInt8]) {
        append(UInt64(column.count))
        column.withUnsafeBytes { append(bytes: $0) }
    }

    /// Appends the length of a column and its numbers.
    mutating func append(column: [UInt32]) {
        append(UInt64(column.count))
        #if _endian(little)
        column.withUnsafeBytes { append(bytes: $0) }
        #else
        for word in column { append(word) }
        #endif
    }
}

/// Reads one column after the other of bytes that are lent for as long as this is used.
struct PartColumns {
    private let bytes: UnsafeRawBufferPointer
    private var offset: Int

    /// Begins at a place; `nil` when the bytes are no longer than that.
    init?(_ bytes: UnsafeRawBufferPointer, from start: Int) {
        guard bytes.count > start else { return nil }
        self.bytes = bytes
        offset = start
    }

    /// Whether all bytes were read.
    var isAtEnd: Bool { offset == bytes.count }

    /// The next column of numbers; `nil` when it is cut off or some number is not below the limit.
    mutating func next(below limit: UInt32? = nil) -> [UInt32]? {
        guard let count = nextCount(stride: 4) else { return nil }
        let start = offset
        offset += count * 4
        let column = [UInt32](unsafeUninitializedCapacity: count) { buffer, used in
            UnsafeMutableRawBufferPointer(buffer).copyMemory(
                from: UnsafeRawBufferPointer(rebasing: bytes[start..<start + count * 4]))
            used = count
        }
        #if _endian(big)
        return next(column.map(\.byteSwapped), below: limit)
        #else
        return next(column, below: limit)
        #endif
    }

    private func next(_ column: [UInt32], below limit: UInt32?) -> [UInt32]? {
        guard let limit, let highest = column.max() else { return column }
        return highest < limit ? column : nil
    }

    /// The next column of pairs; `nil` when it is cut off or some number is not below its own limit.
    mutating func next(alternatelyBelow first: UInt32, _ second: UInt32) -> [UInt32]? {
        guard let column = next(), column.count % 2 == 0 else { return nil }
        for index in stride(from: 0, to: column.count, by: 2) {
            guard column[index] < first, column[index + 1] < second else { return nil }
        }
        return column
    }

    /// The next column of bytes; `nil` when it is cut off.
    mutating func nextBytes() -> UnsafeRawBufferPointer? {
        guard let count = nextCount(stride: 1) else { return nil }
        defer { offset += count }
        return UnsafeRawBufferPointer(rebasing: bytes[offset..<offset + count])
    }

    private mutating func nextCount(stride: Int) -> Int? {
        guard bytes.count - offset >= 8 else { return nil }
        let start = offset
        let count = bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self)
        offset += 8
        guard let count = Int(exactly: UInt64(littleEndian: count)), count <= (bytes.count - offset) / stride else {
            return nil
        }
        return count
    }
}
