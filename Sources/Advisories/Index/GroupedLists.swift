/// Lists of elements by owner, in two flat arrays instead of one array per owner.
///
/// One instance for all threads, and ``withView(_:)`` for where many lists are walked at once: two cores that count the references to one array
/// up and down wait for each other.
final class GroupedLists<Element>: Sendable where Element: Sendable {
    fileprivate let starts: [UInt32]
    fileprivate let elements: [Element]

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
    subscript(owner: UInt32) -> ArraySlice<Element> { elements[range(of: owner)] }

    /// The places of one owner's elements among all.
    @inline(__always)
    func range(of owner: UInt32) -> Range<Int> { Int(starts[Int(owner)])..<Int(starts[Int(owner) + 1]) }

    /// The element at a place.
    @inline(__always)
    func element(_ place: Int) -> Element { elements[place] }
}

extension GroupedLists {
    /// The lists lent for the length of a call.
    struct View {
        let starts: UnsafeBufferPointer<UInt32>
        let elements: UnsafeBufferPointer<Element>

        /// The elements of one owner.
        @inline(__always)
        subscript(owner: UInt32) -> UnsafeBufferPointer<Element> {
            UnsafeBufferPointer(rebasing: elements[Int(starts[Int(owner)])..<Int(starts[Int(owner) + 1])])
        }
    }

    /// Lends all lists.
    @inline(__always)
    func withView<Result>(_ body: (View) -> Result) -> Result {
        starts.withUnsafeBufferPointer { starts in
            elements.withUnsafeBufferPointer { body(View(starts: starts, elements: $0)) }
        }
    }
}
