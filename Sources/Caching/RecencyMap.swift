import Stores

/// A map that is bounded in number and cost and drops what was used longest ago. Every operation costs O(1), ``removeAll(in:)`` O(removed).
///
/// Entries live in `nodes` and form a doubly linked list from the most to the least recently used.
struct RecencyMap<Value> {
    let capacity: Int
    let costLimit: Int
    /// Of all entries together.
    private(set) var cost = 0

    private var nodes: [Node] = []
    private var free: [Int] = []
    private var places: [CompanyCacheKey: Int] = [:]
    private var placesByScope: [CompanyScope: Set<Int>] = [:]
    private var newest: Int?
    private var oldest: Int?

    private struct Node {
        let key: CompanyCacheKey
        var value: Value?
        let cost: Int
        var newer: Int?
        var older: Int?
    }

    init(capacity: Int, costLimit: Int = .max) {
        self.capacity = max(1, capacity)
        self.costLimit = costLimit
    }

    var count: Int { places.count }

    /// The value, which counts as a use of it.
    mutating func value(for key: CompanyCacheKey) -> Value? {
        guard let place = places[key] else { return nil }
        unlink(place)
        linkAsNewest(place)
        return nodes[place].value
    }

    /// Adds or replaces, and drops the oldest entries when there are too many or they cost too much. What alone costs too much is not
    /// kept.
    mutating func insert(_ value: Value, cost newCost: Int = 0, for key: CompanyCacheKey) {
        remove(key)
        guard newCost <= costLimit else { return }
        while count == capacity || cost > costLimit - newCost, let oldest { remove(nodes[oldest].key) }
        cost += newCost
        let place = free.popLast() ?? nodes.count
        let node = Node(key: key, value: value, cost: newCost)
        if place == nodes.count { nodes.append(node) } else { nodes[place] = node }
        places[key] = place
        placesByScope[key.scope, default: []].insert(place)
        linkAsNewest(place)
    }

    mutating func remove(_ key: CompanyCacheKey) {
        guard let place = places.removeValue(forKey: key) else { return }
        unlink(place)
        nodes[place].value = nil
        cost -= nodes[place].cost
        free.append(place)
        placesByScope[key.scope]?.remove(place)
        if placesByScope[key.scope]?.isEmpty == true { placesByScope[key.scope] = nil }
    }

    mutating func removeAll(in scope: CompanyScope) {
        for place in placesByScope[scope] ?? [] { remove(nodes[place].key) }
    }

    private mutating func linkAsNewest(_ place: Int) {
        nodes[place].newer = nil
        nodes[place].older = newest
        if let newest { nodes[newest].newer = place }
        newest = place
        if oldest == nil { oldest = place }
    }

    private mutating func unlink(_ place: Int) {
        let (newer, older) = (nodes[place].newer, nodes[place].older)
        if let newer { nodes[newer].older = older } else { newest = older }
        if let older { nodes[older].newer = newer } else { oldest = newer }
    }
}
