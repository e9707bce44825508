import Scoring

/// Advisories taken apart into numbers, as the builder keeps them until it writes.
struct PendingAdvisories: Sendable {
    /// One advisory of one feed.
    struct Record: Sendable {
        let id: UInt32
        let feed: UInt32
        var summary: UInt32
        var details: UInt32
        var published: Int64
        var modified: Int64
        var withdrawn: Int64
    }

    /// A text that belongs to an advisory: an alias, an upstream id or a reference.
    struct Attachment: Sendable, Hashable {
        let record: UInt32
        let text: UInt32
    }

    /// A severity statement that belongs to an advisory.
    struct Statement: Sendable, Hashable {
        let record: UInt32
        let vector: UInt32
        let word: Severity?
        let origin: SeverityStatement.Origin
    }

    /// One package of one advisory.
    struct Package: Sendable {
        let record: UInt32
        let name: UInt32
        let urgency: UInt32
        /// The condition as a text, see ``ConditionText``; the empty text for none.
        let condition: UInt32
        let state: FixState
        let isEvaluable: Bool
        let ranges: Range<UInt32>
        let versions: Range<UInt32>
    }

    /// A (scope, name) pair.
    struct Name: Sendable {
        let scope: UInt32
        let name: UInt32
        /// How publishers write the name; where they differ, the first by bytes, which is one with capitals.
        var spelling: UInt32
        /// Whether every range seen so far follows Semantic Versioning.
        var isSemanticOnly = true
        var hasRanges = false
    }

    var texts = StringPool()
    var records: [Record] = []
    var aliases: [Attachment] = []
    var upstream: [Attachment] = []
    var references: [Attachment] = []
    var severities: [Statement] = []
    var names: [Name] = []
    var packages: [Package] = []
    /// Where each range's events are.
    var ranges: [Range<UInt32>] = []
    var events: [(kind: RangeCompiler.Event, text: UInt32)] = []
    var versions: [UInt32] = []
    /// The CVE in the spelling of an id (`DEBIAN-CVE-…`), by id.
    var derivedCVEs: [UInt32: UInt32] = [:]
    var notAboutSecurity = 0

    var recordNumbers: [UInt64: UInt32] = [:]
    var nameNumbers: [UInt64: UInt32] = [:]

    /// Takes an advisory apart.
    mutating func add(_ advisory: Advisory) throws(IndexBuildError) {
        guard events.count < Self.limit, texts.count < Self.limit else {
            throw .tooLarge(part: "events")
        }
        guard !Self.isAboutBugsOnly(advisory) else {
            notAboutSecurity += 1
            return
        }
        let record = record(for: advisory)
        attach(advisory, to: record)
        for package in advisory.affected { add(package, of: record) }
    }

    // MARK: - Parts of an advisory

    private mutating func record(for advisory: Advisory) -> UInt32 {
        record(
            for: Record(
                id: intern(id: advisory.id), feed: texts.intern(advisory.feed.rawValue),
                summary: texts.intern(advisory.summary), details: texts.intern(advisory.details),
                published: advisory.published ?? IndexFormat.noTime, modified: advisory.modified ?? IndexFormat.noTime,
                withdrawn: Self.withdrawal(of: advisory)))
    }

    /// The number of a record: a new one, or that of the record with the same feed and id, which takes over what this one knows.
    mutating func record(for record: Record) -> UInt32 {
        let key = UInt64(record.feed) << 32 | UInt64(record.id)
        if let known = recordNumbers[key] {
            merge(record, into: Int(known))
            return known
        }
        let number = UInt32(records.count)
        recordNumbers[key] = number
        records.append(record)
        return number
    }

    /// Interns an id and notes the CVE it carries in its spelling.
    private mutating func intern(id: String) -> UInt32 {
        let number = texts.intern(id)
        if let cve = VulnerabilityID.derivedCVE(id) { derivedCVEs[number] = texts.intern(String(cve)) }
        return number
    }

    /// Joins two records of one feed and id so that either order gives the same result.
    private mutating func merge(_ record: Record, into number: Int) {
        records[number].summary = better(records[number].summary, record.summary)
        records[number].details = better(records[number].details, record.details)
        records[number].modified = max(records[number].modified, record.modified)
        records[number].withdrawn = max(records[number].withdrawn, record.withdrawn)
        if record.published != IndexFormat.noTime {
            let known = records[number].published
            records[number].published = known == IndexFormat.noTime ? record.published : min(known, record.published)
        }
    }

    /// The longer of two texts; of equally long ones the first in byte order.
    private func better(_ lhs: UInt32, _ rhs: UInt32) -> UInt32 {
        let left = texts.withBytes(lhs, \.count)
        let right = texts.withBytes(rhs, \.count)
        if left != right { return left > right ? lhs : rhs }
        return texts.precedes(rhs, lhs) ? rhs : lhs
    }

    private mutating func attach(_ advisory: Advisory, to record: UInt32) {
        for alias in advisory.aliases { aliases.append(Attachment(record: record, text: intern(id: alias))) }
        for id in advisory.upstream { upstream.append(Attachment(record: record, text: intern(id: id))) }
        for url in advisory.references { references.append(Attachment(record: record, text: texts.intern(url))) }
        for statement in advisory.severities {
            let vector = statement.vector.map { texts.intern($0) } ?? IndexFormat.none
            severities.append(
                Statement(record: record, vector: vector, word: statement.word, origin: statement.origin))
        }
    }

    private mutating func add(_ package: AffectedPackage, of record: UInt32) {
        // No package URL is that long, so nobody can ask for it; and the file has 16 bits for the length.
        guard package.name.utf8.count <= Int(UInt16.max) else { return }
        let name = nameNumber(scope: package.scope, name: package.name)
        if let spelling = package.spelling { note(spelling: texts.intern(spelling), ofName: name) }
        let readable = package.ranges.filter { $0.kind != .git }
        let firstRange = UInt32(ranges.count)
        for range in readable {
            names[Int(name)].hasRanges = true
            if range.kind != .semver { names[Int(name)].isSemanticOnly = false }
            let firstEvent = UInt32(events.count)
            for event in range.events { append(event) }
            ranges.append(firstEvent..<UInt32(events.count))
        }
        let firstVersion = UInt32(versions.count)
        for version in package.versions { versions.append(texts.intern(version)) }
        packages.append(
            Package(
                record: record, name: name, urgency: texts.intern(Self.urgency(of: package)),
                condition: texts.intern(ConditionText.encode(package.condition)), state: package.state,
                isEvaluable: !readable.isEmpty || !package.versions.isEmpty,
                ranges: firstRange..<UInt32(ranges.count), versions: firstVersion..<UInt32(versions.count)))
    }

    private mutating func append(_ event: AffectedRange.Event) {
        switch event {
        case .introduced(let version): events.append((.introduced, texts.intern(version)))
        case .introducedAfter(let version): events.append((.introducedAfter, texts.intern(version)))
        case .fixed(let version): events.append((.fixed, texts.intern(version)))
        case .lastAffected(let version): events.append((.lastAffected, texts.intern(version)))
        case .limit(let version): events.append((.limit, texts.intern(version)))
        }
    }

    private mutating func nameNumber(scope: String, name: String) -> UInt32 {
        nameNumber(scope: texts.intern(scope), name: texts.intern(name))
    }

    /// The number of a name, by the numbers of its texts.
    mutating func nameNumber(scope: UInt32, name: UInt32) -> UInt32 {
        let key = UInt64(scope) << 32 | UInt64(name)
        if let known = nameNumbers[key] { return known }
        let number = UInt32(names.count)
        nameNumbers[key] = number
        names.append(Name(scope: scope, name: name, spelling: name))
        return number
    }

    /// Takes notice of a spelling; what comes of it does not depend on the order of advisories.
    mutating func note(spelling: UInt32, ofName number: UInt32) {
        if texts.precedes(spelling, names[Int(number)].spelling) { names[Int(number)].spelling = spelling }
    }

    /// The publisher's word; the tracker's "not yet assigned" is none.
    private static func urgency(of package: AffectedPackage) -> String {
        guard let urgency = package.urgency, urgency != "not yet assigned" else { return "" }
        return urgency
    }

    // MARK: - What must never match

    /// When the advisory stopped to count. A rejected CVE keeps being published, with a text that says so instead of a date.
    private static func withdrawal(of advisory: Advisory) -> Int64 {
        if let withdrawn = advisory.withdrawn { return withdrawn }
        let isRejected = [advisory.summary, advisory.details].contains { text in
            rejections.contains { text.hasPrefix($0) }
        }
        return isRejected ? advisory.modified ?? advisory.published ?? 0 : IndexFormat.noTime
    }

    /// How the CVE list and the Debian tracker begin the text of a rejected CVE.
    private static let rejections = ["** REJECT **", "REJECTED", "Rejected reason:"]

    /// Whether the advisory belongs to the bug-fix and enhancement series of AlmaLinux or Rocky Linux and names no vulnerability.
    private static func isAboutBugsOnly(_ advisory: Advisory) -> Bool {
        bugFixPrefixes.contains { advisory.id.hasPrefix($0) } && advisory.aliases.isEmpty && advisory.upstream.isEmpty
    }

    private static let bugFixPrefixes = ["ALBA-", "ALEA-", "RLBA-", "RLEA-"]
}
