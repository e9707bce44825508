import Stores

/// An optional member of a reply that is written as `null` when there is none, so that every reply has every member.
struct OrNull<Value: Encodable>: Encodable {
    private let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

/// A page of a list, or a whole one.
struct ListReply<Item: Encodable>: Encodable {
    let items: [Item]
    let nextCursor: OrNull<String>

    private enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }

    init(_ items: [Item], nextCursor: String? = nil) {
        self.items = items
        self.nextCursor = OrNull(nextCursor)
    }

    /// A page of a list of the company.
    init<Row>(_ page: Page<Row>, of scope: CompanyScope, _ item: (Row) -> Item) {
        self.init(page.items.map(item), nextCursor: page.nextCursor.map { CompanyCursor.seal($0, scope: scope) })
    }
}
