/// Entries one behind the other, in memory of their own: an `Array` would be copied, or looked at by many, on its way from scanner to document.
struct JSONEntryList {
    private var memory = UnsafeMutableBufferPointer<JSONEntry>.allocate(capacity: 0)
    private(set) var count: UInt32 = 0

    /// Forgets all and keeps the memory.
    ///
    /// - Parameter expecting: About how many will come.
    mutating func removeAll(expecting: Int) {
        count = 0
        if memory.count < expecting { grow(to: expecting) }
    }

    @inline(__always)
    subscript(place: UInt32) -> JSONEntry {
        get { memory[Int(place)] }
        nonmutating set { memory[Int(place)] = newValue }
    }

    @inline(__always)
    mutating func append(_ entry: JSONEntry) {
        if Int(count) == memory.count { grow(to: 2 * memory.count + 64) }
        memory.initializeElement(at: Int(count), to: entry)
        count += 1
    }

    private mutating func grow(to capacity: Int) {
        let larger = UnsafeMutableBufferPointer<JSONEntry>.allocate(capacity: capacity)
        _ = larger.moveInitialize(fromContentsOf: memory[..<Int(count)])
        memory.deallocate()
        memory = larger
    }

    /// Gives the memory back; nothing may be asked afterwards.
    func deallocate() { memory.deallocate() }
}
