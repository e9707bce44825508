/// An optional member of a reply that is written as `null` when there is none, so that every reply has every member.
struct OrNull<Value: Encodable>: Encodable {
    private let value: Value?

    init(_ value: Value?) { self.value = value }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        if let value { try container.encode(value) } else { try container.encodeNil() }
    }
}

/// A page of a list.
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
}
