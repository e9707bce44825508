extension PendingAdvisories {
    /// A part and the numbers of its texts, as many as it has.
    struct KnownPart: Sendable {
        let content: PartContent
        let text: [UInt32]
    }

    /// Takes over a part that was read from a file, as if the builder of the part had been merged.
    ///
    /// - Parameter text: The numbers of its texts here, as many as it has.
    mutating func merge(_ part: PartContent, text: [UInt32]) throws(IndexBuildError) {
        guard events.count + part.eventKinds.count < Self.limit else { throw .tooLarge(part: "events") }
        let known = KnownPart(content: part, text: text)
        let record = mergeStatements(of: known)
        mergePackages(of: known, record: record, named: mergeNames(of: known))
    }

    /// Takes over parts all of whose texts are here, as if one after the other had been merged.
    mutating func merge(_ parts: [KnownPart]) throws(IndexBuildError) {
        guard records.isEmpty, names.isEmpty, events.isEmpty, ranges.isEmpty, versions.isEmpty else {
            for part in parts { try merge(part.content, text: part.text) }
            return
        }
        guard parts.reduce(0, { $0 + $1.content.eventKinds.count }) < Self.limit else {
            throw .tooLarge(part: "events")
        }
        // Who says something, and of which packages: neither needs a number of the other.
        let (said, named) = together { [texts] in
            Self.half(texts) { half in
                half.reserveStatements(of: parts)
                return parts.map { half.mergeStatements(of: $0) }
            }
        } _: { [texts] in
            Self.half(texts) { half in
                half.reserveNames(of: parts)
                return parts.map { half.mergeNames(of: $0) }
            }
        }
        take(statements: said.half, names: named.half)
        packages.reserveCapacity(Self.room(for: parts) { $0.packageRecords.count })
        for (number, part) in parts.enumerated() {
            mergePackages(of: part, record: said.numbers[number], named: named.numbers[number])
        }
    }

    /// Merges something into an empty collection of the same texts, which it gives back without them.
    private static func half<Number>(
        _ texts: StringPool, _ merge: (inout Self) -> [Number]
    ) -> (half: Self, numbers: [Number]) {
        var half = Self()
        half.texts = texts
        let numbers = merge(&half)
        half.texts = StringPool()
        return (half, numbers)
    }

    private mutating func take(statements: Self, names other: Self) {
        records = statements.records
        recordNumbers = statements.recordNumbers
        aliases = statements.aliases
        upstream = statements.upstream
        references = statements.references
        severities = statements.severities
        derivedCVEs = statements.derivedCVEs
        notAboutSecurity += statements.notAboutSecurity
        names = other.names
        nameNumbers = other.nameNumbers
        events = other.events
        ranges = other.ranges
        versions = other.versions
    }

    /// Room for what parts hold, and for a little more: what changed is merged behind them.
    private static func room(for parts: [KnownPart], _ count: (PartContent) -> Int) -> Int {
        let sum = parts.reduce(0) { $0 + count($1.content) }
        return sum + sum / 16 + 1024
    }

    private mutating func reserveStatements(of parts: [KnownPart]) {
        func room(_ count: (PartContent) -> Int) -> Int { Self.room(for: parts, count) }
        let count = room { $0.records.count / 4 }
        records.reserveCapacity(count)
        recordNumbers.reserveCapacity(count)
        aliases.reserveCapacity(room { $0.attachments[0].count / 2 })
        upstream.reserveCapacity(room { $0.attachments[1].count / 2 })
        references.reserveCapacity(room { $0.attachments[2].count / 2 })
        severities.reserveCapacity(room { $0.severityRecords.count })
        derivedCVEs.reserveCapacity(room { $0.derivedCVEs.count / 2 })
    }

    private mutating func reserveNames(of parts: [KnownPart]) {
        func room(_ count: (PartContent) -> Int) -> Int { Self.room(for: parts, count) }
        names.reserveCapacity(room { $0.nameFlags.count })
        nameNumbers.reserveCapacity(room { $0.nameFlags.count })
        events.reserveCapacity(room { $0.eventKinds.count })
        ranges.reserveCapacity(room { $0.ranges.count / 2 })
        versions.reserveCapacity(room { $0.versions.count })
    }

    /// Records and what belongs to them.
    ///
    /// - Returns: The numbers of the part's records here.
    private mutating func mergeStatements(of known: KnownPart) -> [UInt32] {
        let (part, text) = (known.content, known.text)
        let record = mergeRecords(of: part, text)
        mergeSeverities(of: part, text, record)
        Self.append(part.attachments[0], to: &aliases, text, record)
        Self.append(part.attachments[1], to: &upstream, text, record)
        Self.append(part.attachments[2], to: &references, text, record)
        for index in stride(from: 0, to: part.derivedCVEs.count, by: 2) {
            derivedCVEs[text[Int(part.derivedCVEs[index])]] = text[Int(part.derivedCVEs[index + 1])]
        }
        notAboutSecurity += Int(part.notAboutSecurity)
        return record
    }

    private mutating func mergeRecords(of part: PartContent, _ text: [UInt32]) -> [UInt32] {
        (0..<part.records.count / 4).map { index in
            record(
                for: Record(
                    id: text[Int(part.records[index * 4])], feed: text[Int(part.records[index * 4 + 1])],
                    summary: text[Int(part.records[index * 4 + 2])], details: text[Int(part.records[index * 4 + 3])],
                    published: part.time(index * 6), modified: part.time(index * 6 + 2),
                    withdrawn: part.time(index * 6 + 4)))
        }
    }

    private static func append(
        _ pairs: [UInt32], to list: inout [Attachment], _ text: [UInt32], _ record: [UInt32]
    ) {
        for index in stride(from: 0, to: pairs.count, by: 2) {
            list.append(Attachment(record: record[Int(pairs[index])], text: text[Int(pairs[index + 1])]))
        }
    }

    private mutating func mergeSeverities(of part: PartContent, _ text: [UInt32], _ record: [UInt32]) {
        for (index, owner) in part.severityRecords.enumerated() {
            guard let (word, origin) = PartContent.severity(part.severityCodes[index]) else { continue }
            let vector = part.vectors[index]
            severities.append(
                Statement(
                    record: record[Int(owner)], vector: vector == IndexFormat.none ? vector : text[Int(vector)],
                    word: word, origin: origin))
        }
    }

    /// Where the names of a part, its ranges and its versions are among all.
    private struct Places {
        let names: [UInt32]
        let firstRange: UInt32
        let firstVersion: UInt32
    }

    /// Names and what may be said of them.
    private mutating func mergeNames(of known: KnownPart) -> Places {
        let (part, text) = (known.content, known.text)
        let (firstEvent, firstRange) = (UInt32(events.count), UInt32(ranges.count))
        let firstVersion = UInt32(versions.count)
        for (kind, number) in zip(part.eventKinds, part.eventTexts) {
            guard let kind = RangeCompiler.Event(rawValue: UInt8(kind)) else { continue }
            events.append((kind, text[Int(number)]))
        }
        for index in stride(from: 0, to: part.ranges.count, by: 2) {
            ranges.append(part.ranges[index] + firstEvent..<part.ranges[index + 1] + firstEvent)
        }
        for version in part.versions { versions.append(text[Int(version)]) }
        let names = part.nameFlags.indices.map { mergeName($0, of: part, text) }
        return Places(names: names, firstRange: firstRange, firstVersion: firstVersion)
    }

    private mutating func mergeName(_ index: Int, of part: PartContent, _ text: [UInt32]) -> UInt32 {
        let flags = part.nameFlags[index]
        let number = nameNumber(scope: text[Int(part.names[index * 3])], name: text[Int(part.names[index * 3 + 1])])
        note(spelling: text[Int(part.names[index * 3 + 2])], ofName: number)
        names[Int(number)].hasRanges = names[Int(number)].hasRanges || flags & 2 != 0
        names[Int(number)].isSemanticOnly = names[Int(number)].isSemanticOnly && flags & 1 != 0
        return number
    }

    private mutating func mergePackages(of known: KnownPart, record: [UInt32], named: Places) {
        let (part, text) = (known.content, known.text)
        let (firstRange, firstVersion) = (named.firstRange, named.firstVersion)
        for index in part.packageRecords.indices {
            let state = part.packageStates[index]
            packages.append(
                Package(
                    record: record[Int(part.packageRecords[index])], name: named.names[Int(part.packageNames[index])],
                    urgency: text[Int(part.packageTexts[index * 2])],
                    condition: text[Int(part.packageTexts[index * 2 + 1])],
                    state: FixState(indexCode: UInt8(truncatingIfNeeded: state >> 1)) ?? .unspecified,
                    isEvaluable: state & 1 != 0,
                    ranges: part.packageRanges[index * 2] + firstRange..<part.packageRanges[index * 2 + 1] + firstRange,
                    versions: part.packageVersions[index * 2] + firstVersion..<part.packageVersions[index * 2 + 1]
                        + firstVersion))
        }
    }
}
