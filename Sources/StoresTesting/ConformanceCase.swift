import ConformanceTesting
import Stores

/// One thing that every store must do.
public struct ConformanceCase: Sendable, CustomStringConvertible {
    /// The behaviour, in words.
    public let name: String
    /// Throws a ``ConformanceFailure``, or what the store throws, when a fresh store does not behave so.
    public let run: @Sendable (any Store) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (World) async throws -> Void) {
        self.name = name
        self.run = { store in
            let world = World(store)
            try await run(world)
            try await world.verify()
        }
    }

    /// The name.
    public var description: String { name }

    /// Every case. Each wants a store of its own, just made.
    public static let all: [ConformanceCase] =
        accounts + enrollment + presence + scanCost + running + inventories + verdicts + paging + tenancy + events
        + audit + access + agentIdentity + exceptions + notifications + triage + retention
}

/// Fails unless the body throws this error.
func expect(
    throws expected: StoreError, _ what: String, file: StaticString = #fileID, line: UInt = #line,
    _ body: () async throws -> Void
) async throws {
    do {
        try await body()
    } catch let error as StoreError where error == expected {
        return
    }
    throw ConformanceFailure(description: "\(file):\(line) \(what): expected \(expected), nothing was thrown")
}
