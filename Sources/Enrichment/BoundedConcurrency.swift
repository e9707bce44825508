/// Runs work on many items, a few at a time.
enum BoundedConcurrency {
    /// Calls `operation` for every item, at most `limit` calls at once, and `finished` with each result as it comes, one at a time.
    static func forEach<Item: Sendable, Result: Sendable>(
        _ items: [Item], limit: Int, _ operation: @escaping @Sendable (Item) async -> Result, finished: (Result) -> Void
    ) async {
        await withTaskGroup(of: Result.self) { group in
            var waiting = items.makeIterator()
            for item in (0..<limit).compactMap({ _ in waiting.next() }) {
                group.addTask { await operation(item) }
            }
            while let result = await group.next() {
                finished(result)
                if let item = waiting.next() { group.addTask { await operation(item) } }
            }
        }
    }
}
