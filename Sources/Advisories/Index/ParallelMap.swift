import Dispatch

/// Works something out for each number below a count on all cores, in pieces, and gives the results in order: which thread did what
/// leaves no trace.
///
/// - Parameters:
///   - count: How many results.
///   - body: Called once for each number, from any thread.
func parallelMap<Result: Sendable>(count: Int, _ body: @Sendable (Int) -> Result) -> [Result] {
    let pieces = min(count, 64)
    guard pieces > 1 else { return (0..<count).map(body) }
    let results = Slots<Result>(count: pieces)
    DispatchQueue.concurrentPerform(iterations: pieces) { piece in
        results.set(piece, (count * piece / pieces..<count * (piece + 1) / pieces).map(body))
    }
    return results.joined()
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

    func joined() -> [Element] {
        var all: [Element] = []
        all.reserveCapacity(places.reduce(0) { $0 + $1.count })
        for part in places { all += part }
        return all
    }
}
