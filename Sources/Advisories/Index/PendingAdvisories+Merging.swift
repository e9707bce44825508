extension PendingAdvisories {
    /// Takes over everything that another collection holds. The result does not depend on which of them came first, apart from numbers that
    /// never reach a file.
    ///
    /// - Returns: The numbers of the other's texts in this one; `nil` where they are the same.
    mutating func merge(_ other: PendingAdvisories) throws(IndexBuildError) -> [UInt32]? {
        guard events.count + other.events.count < Self.limit, texts.count + other.texts.count < Self.limit else {
            throw .tooLarge(part: "events")
        }
        let isShared = texts.isSame(as: other.texts)
        let text = isShared ? [UInt32](0..<UInt32(texts.count)) : texts.numbers(of: other.texts)
        for (id, cve) in other.derivedCVEs { derivedCVEs[text[Int(id)]] = text[Int(cve)] }
        let record = other.records.map { self.record(for: $0.renumbered(text)) }
        aliases += other.aliases.map { Attachment(record: record[Int($0.record)], text: text[Int($0.text)]) }
        upstream += other.upstream.map { Attachment(record: record[Int($0.record)], text: text[Int($0.text)]) }
        references += other.references.map { Attachment(record: record[Int($0.record)], text: text[Int($0.text)]) }
        severities += other.severities.map { statement in
            Statement(
                record: record[Int(statement.record)],
                vector: statement.vector == IndexFormat.none ? statement.vector : text[Int(statement.vector)],
                word: statement.word, origin: statement.origin)
        }
        let name = other.names.map { merge($0, text) }
        mergePackages(of: other, text: text, record: record, name: name)
        notAboutSecurity += other.notAboutSecurity
        return isShared ? nil : text
    }

    /// Texts and events stay well below what 32 bits can number.
    static let limit = Int(UInt32.max) - 1 << 24

    private mutating func merge(_ name: Name, _ text: [UInt32]) -> UInt32 {
        let number = nameNumber(scope: text[Int(name.scope)], name: text[Int(name.name)])
        note(spelling: text[Int(name.spelling)], ofName: number)
        names[Int(number)].hasRanges = names[Int(number)].hasRanges || name.hasRanges
        names[Int(number)].isSemanticOnly = names[Int(number)].isSemanticOnly && name.isSemanticOnly
        return number
    }

    private mutating func mergePackages(
        of other: PendingAdvisories, text: [UInt32], record: [UInt32], name: [UInt32]
    ) {
        let firstEvent = UInt32(events.count)
        let firstRange = UInt32(ranges.count)
        let firstVersion = UInt32(versions.count)
        events += other.events.map { ($0.kind, text[Int($0.text)]) }
        ranges += other.ranges.map { $0.lowerBound + firstEvent..<$0.upperBound + firstEvent }
        versions += other.versions.map { text[Int($0)] }
        packages += other.packages.map { package in
            Package(
                record: record[Int(package.record)], name: name[Int(package.name)], urgency: text[Int(package.urgency)],
                condition: text[Int(package.condition)], state: package.state, isEvaluable: package.isEvaluable,
                ranges: package.ranges.lowerBound + firstRange..<package.ranges.upperBound + firstRange,
                versions: package.versions.lowerBound + firstVersion..<package.versions.upperBound + firstVersion)
        }
    }
}

extension PendingAdvisories.Record {
    /// The same record with the texts' numbers in another pool.
    fileprivate func renumbered(_ text: [UInt32]) -> Self {
        Self(
            id: text[Int(id)], feed: text[Int(feed)], summary: text[Int(summary)], details: text[Int(details)],
            published: published, modified: modified, withdrawn: withdrawn)
    }
}
