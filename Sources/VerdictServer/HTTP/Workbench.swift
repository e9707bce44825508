import JSONDocuments
import Matching
import Synchronization

/// What answering one request needs and the next one can use again: the parser's and the writer's memory.
///
/// `@unchecked Sendable`: ``WorkbenchPool`` gives it into one pair of hands at a time.
final class Workbench: @unchecked Sendable {
    let parser: JSONParser
    let writer = UTF8Writer()
    /// Answers to one package.
    var found = CompactVerdicts()

    init(depth: Int) { parser = JSONParser(maximumDepth: depth) }
}

/// Workbenches that nobody uses at the moment.
final class WorkbenchPool: Sendable {
    private let depth: Int
    private let free = Mutex<[Workbench]>([])

    /// As many as threads answer at once; more are not kept.
    private static let most = 64

    init(depth: Int) { self.depth = depth }

    /// Lends a workbench to the closure, which must not keep it.
    func withWorkbench<Result, Failure: Error>(
        _ body: (Workbench) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let bench = free.withLock { $0.popLast() } ?? Workbench(depth: depth)
        defer { free.withLock { if $0.count < Self.most { $0.append(bench) } } }
        bench.writer.reset()
        return try body(bench)
    }
}
