import JSONDocuments

/// One entry of the `ranges` list of an affected package.
struct OSVRange {
    private let element: JSONValue
    private let place: Place

    /// Where the range stands, for messages.
    private struct Place: CustomStringConvertible {
        let affected: Int
        let range: Int
        var description: String { "affected[\(affected)].ranges[\(range)]" }
    }

    init(_ element: JSONValue, affected: Int, index: Int) throws(RecordFault) {
        place = Place(affected: affected, range: index)
        guard element.kind == .object else { throw RecordFault("\(place)", "is not an object") }
        self.element = element
    }

    /// The Git repository the range's commits are in; `nil` for ranges of versions.
    func repository() throws(RecordFault) -> String? {
        try element.optionalString("repo", in: "\(place).")
    }

    /// The range as events, in document order.
    func parsed() throws(RecordFault) -> AffectedRange {
        AffectedRange(kind: try kind(), events: try events())
    }

    /// The range; `nil` when it is broken, for ranges that only refine others.
    var tolerant: AffectedRange? { try? parsed() }

    private func kind() throws(RecordFault) -> AffectedRange.Kind {
        guard let type = element.present("type") else { throw RecordFault("\(place).type", "is missing") }
        if type.isString("ECOSYSTEM") { return .ecosystem }
        if type.isString("SEMVER") { return .semver }
        if type.isString("GIT") { return .git }
        throw RecordFault("\(place).type", "is none of ECOSYSTEM, SEMVER and GIT")
    }

    private func events() throws(RecordFault) -> [AffectedRange.Event] {
        guard let list = try element.elements("events", in: "\(place).") else {
            throw RecordFault("\(place).events", "is missing")
        }
        var events: [AffectedRange.Event] = []
        events.reserveCapacity(Swift.min(list.count, 1024))
        for event in list {
            let before = events.count
            // Schema-true events hold one key each; of several, the opening one counts first.
            if let version = try version("introduced", of: event) { events.append(.introduced(version)) }
            if let version = try version("fixed", of: event) { events.append(.fixed(version)) }
            if let version = try version("last_affected", of: event) { events.append(.lastAffected(version)) }
            if let version = try version("limit", of: event) { events.append(.limit(version)) }
            guard events.count > before else { throw RecordFault("\(place).events", "holds an unknown event") }
        }
        return events
    }

    private func version(_ key: StaticString, of event: JSONValue) throws(RecordFault) -> String? {
        try event.optionalString(key, in: "\(place).events.")
    }
}
