extension PendingAdvisories {
    /// Takes over a part that was read from a file, as if the builder of the part had been merged.
    ///
    /// - Parameter text: The numbers of its texts here, as many as it has.
    mutating func merge(_ part: PartContent, text: [UInt32]) throws(IndexBuildError) {
        guard events.count + part.eventKinds.count < Self.limit else { throw .tooLarge(part: "events") }
        let record = mergeRecords(of: part, text)
        mergeSeverities(of: part, text, record)
        aliases += Self.attachments(part.attachments[0], text, record)
        upstream += Self.attachments(part.attachments[1], text, record)
        references += Self.attachments(part.attachments[2], text, record)
        for index in stride(from: 0, to: part.derivedCVEs.count, by: 2) {
            derivedCVEs[text[Int(part.derivedCVEs[index])]] = text[Int(part.derivedCVEs[index + 1])]
        }
        mergePackages(of: part, text, record: record, name: mergeNames(of: part, text))
        notAboutSecurity += Int(part.notAboutSecurity)
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

    private static func attachments(_ pairs: [UInt32], _ text: [UInt32], _ record: [UInt32]) -> [Attachment] {
        (0..<pairs.count / 2).map { index in
            Attachment(record: record[Int(pairs[index * 2])], text: text[Int(pairs[index * 2 + 1])])
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

    private mutating func mergeNames(of part: PartContent, _ text: [UInt32]) -> [UInt32] {
        part.nameFlags.enumerated().map { index, flags in
            let number = nameNumber(scope: text[Int(part.names[index * 3])], name: text[Int(part.names[index * 3 + 1])])
            note(spelling: text[Int(part.names[index * 3 + 2])], ofName: number)
            names[Int(number)].hasRanges = names[Int(number)].hasRanges || flags & 2 != 0
            names[Int(number)].isSemanticOnly = names[Int(number)].isSemanticOnly && flags & 1 != 0
            return number
        }
    }

    private mutating func mergePackages(of part: PartContent, _ text: [UInt32], record: [UInt32], name: [UInt32]) {
        let (firstEvent, firstRange) = (UInt32(events.count), UInt32(ranges.count))
        let firstVersion = UInt32(versions.count)
        for (kind, number) in zip(part.eventKinds, part.eventTexts) {
            guard let kind = RangeCompiler.Event(rawValue: UInt8(kind)) else { continue }
            events.append((kind, text[Int(number)]))
        }
        ranges += (0..<part.ranges.count / 2).map {
            part.ranges[$0 * 2] + firstEvent..<part.ranges[$0 * 2 + 1] + firstEvent
        }
        versions += part.versions.map { text[Int($0)] }
        packages += part.packageRecords.indices.map { index in
            let state = part.packageStates[index]
            return Package(
                record: record[Int(part.packageRecords[index])], name: name[Int(part.packageNames[index])],
                urgency: text[Int(part.packageTexts[index * 2])],
                condition: text[Int(part.packageTexts[index * 2 + 1])],
                state: FixState(indexCode: UInt8(truncatingIfNeeded: state >> 1)) ?? .unspecified,
                isEvaluable: state & 1 != 0,
                ranges: part.packageRanges[index * 2] + firstRange..<part.packageRanges[index * 2 + 1] + firstRange,
                versions: part.packageVersions[index * 2] + firstVersion..<part.packageVersions[index * 2 + 1]
                    + firstVersion)
        }
    }
}
