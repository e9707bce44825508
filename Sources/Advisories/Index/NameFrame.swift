/// What all names are worked out from, apart from vulnerabilities.
struct NameFrame: Sendable {
    /// The packages of each name, by the places of their advisories: threads take feeds in any order. Within one advisory the order of its feed
    /// stands.
    let packages: GroupedLists<UInt32>
    /// What each record is, for its rank.
    let kinds: [StatementRank.Kind]
    /// Names ascending by scope and name.
    let sorted: [Int]

    /// Prepares all of it.
    init(_ pending: GatheredAdvisories, order: AdvisoryOrder) {
        packages = Self.packages(pending, order)
        kinds = Self.kinds(pending)
        sorted = Self.sorted(pending)
    }

    private static func kinds(_ pending: GatheredAdvisories) -> [StatementRank.Kind] {
        parallelRuns(count: pending.records.count) { run in
            // The feed alone decides but for ids that carry a CVE, and records of one feed stand together.
            var last: (feed: UInt32, kind: StatementRank.Kind)?
            return run.map { index in
                let record = pending.records[index]
                if pending.carriesCVE[Int(record.id)] {
                    return StatementRank.kind(
                        feed: pending.texts.string(record.feed), id: pending.texts.string(record.id))
                }
                if let last, last.feed == record.feed { return last.kind }
                let kind = StatementRank.kind(feed: pending.texts.string(record.feed), id: "")
                last = (record.feed, kind)
                return kind
            }
        }
    }

    private static func packages(_ pending: GatheredAdvisories, _ order: AdvisoryOrder) -> GroupedLists<UInt32> {
        let byRecord = GroupedLists(
            Array(pending.packages.indices), owners: pending.records.count, owner: { pending.packages[$0].record },
            element: { UInt32($0) })
        var sorted: [UInt32] = []
        sorted.reserveCapacity(pending.packages.count)
        for record in order.records {
            for place in byRecord.range(of: record) { sorted.append(byRecord.element(place)) }
        }
        return GroupedLists(
            sorted, owners: pending.names.count, owner: { pending.packages[Int($0)].name }, element: \.self)
    }

    private static func sorted(_ pending: GatheredAdvisories) -> [Int] {
        let pool = pending.texts
        let scopes = TextOrder(Set(pending.names.map(\.scope)), texts: pool).ranks(count: pool.count)
        let names = TextOrder(Set(pending.names.map(\.name)), texts: pool).ranks(count: pool.count)
        return pending.names.enumerated()
            .map {
                (
                    key: UInt64(scopes[Int($0.element.scope)]) << 32 | UInt64(names[Int($0.element.name)]),
                    name: $0.offset
                )
            }
            .sorted { $0.key < $1.key }
            .map(\.name)
    }
}
