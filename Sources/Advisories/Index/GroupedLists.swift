/// Lists of elements by owner, in two flat arrays instead of one array per owner.
struct GroupedLists<Element>: Sendable where Element: Sendable {
    private let starts: [UInt32]
    private let elements: [Element]

    /// Groups elements by owner, keeping their order within each.
    ///
    /// - Parameters:
    ///   - items: The elements.
    ///   - owners: How many owners there are; owner numbers are below.
    init<Item>(_ items: [Item], owners: Int, owner: (Item) -> UInt32, element: (Item) -> Element) {
        var starts = [UInt32](repeating: 0, count: owners + 1)
        for item in items { starts[Int(owner(item)) + 1] += 1 }
        for index in 0..<owners { starts[index + 1] += starts[index] }
        var next = starts
        var order = [UInt32](repeating: 0, count: items.count)
        for (index, item) in items.enumerated() {
            order[Int(next[Int(owner(item))])] = UInt32(index)
            next[Int(owner(item))] += 1
        }
        self.starts = starts
        self.elements = order.map { element(items[Int($0)]) }
    }

    /// The elements of one owner.
    subscript(owner: UInt32) -> ArraySlice<Element> {
        elements[Int(starts[Int(owner)])..<Int(starts[Int(owner) + 1])]
    }
}
