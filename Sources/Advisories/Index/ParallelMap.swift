import Dispatch

/// Works something out for each number below a count on all cores, in pieces, and gives the results in order: which thread did what
/// leaves no trace.
///
/// - Parameters:
///   - count: How many results.
///   - body: Called once for each number, from any thread.
func parallelMap<Result: Sendable>(count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    parallelRuns(count: count) { $0.map(body) }
}

/// Like ``parallelMap(count:_:)`` for what is better worked out for many numbers at a time.
///
/// - Parameter body: Gives the results of a run of numbers, in order.
func parallelRuns<Result: Sendable>(count: Int, _ body: @Sendable (Range<Int>) -> [Result]) -> [Result] {
    let pieces = min(count, 64)
    guard pieces > 1 else { return body(0..<count) }
    let results = Slots<Result>(count: pieces)
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        results.set(piece, body(count * piece / pieces..<count * (piece + 1) / pieces))
    }
    return results.joined()
}

/// Works two things out at the same time.
func together<First: Sendable, Second: Sendable>(
    _ first: @Sendable () -> First, _ second: @Sendable () -> Second
) -> (First, Second) {
    let places = (Slots<First>(count: 1), Slots<Second>(count: 1))
    DispatchQueue.concurrentPerform(iterations: 2) { number in
        if number == 0 { places.0.set(0, [first()]) } else { places.1.set(0, [second()]) }
    }
    return (places.0.joined()[0], places.1.joined()[0])
}

/// Works batches out, each on all cores, and takes them in order; while one is taken the next is worked out.
///
/// - Parameters:
///   - count: How many batches.
///   - make: Makes a batch; called in order, from another thread.
///   - take: Takes a batch; called in order, on this thread.
func pipelined<Batch: Sendable>(count: Int, make: @escaping @Sendable (Int) -> Batch, take: (Batch) -> Void) {
    let queue = DispatchQueue(label: "zerotrace.index.batches")
    let made = Slots<Batch>(count: 2)
    if count > 0 { queue.async { made.set(0, [make(0)]) } }
    for number in 0..<count {
        let batch = queue.sync { made.take(number % 2) }
        if number + 1 < count { queue.async { made.set((number + 1) % 2, [make(number + 1)]) } }
        for batch in batch { take(batch) }
    }
}

/// One place for each piece of work.
///
/// `@unchecked Sendable`: each place is written by one thread alone, and read when all of them have ended.
private final class Slots<Element>: @unchecked Sendable {
    private let places: UnsafeMutableBufferPointer<[Element]>

    init(count: Int) {
        places = .allocate(capacity: count)
        places.initialize(repeating: [])
    }

    deinit {
        places.deinitialize()
        places.deallocate()
    }

    func set(_ place: Int, _ value: [Element]) { places[place] = value }

    func take(_ place: Int) -> [Element] {
        defer { places[place] = [] }
        return places[place]
    }

    func joined() -> [Element] {
        var all: [Element] = []
        all.reserveCapacity(places.reduce(0) { $0 + $1.count })
        for part in places { all += part }
        return all
    }
}
