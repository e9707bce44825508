import Foundation
import Logging
import Matching
import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization
import Telemetry
import Verdicts

@testable import Advisories
@testable import VerdictServer

/// Writes an index of some advisories and opens it.
func makeIndex(_ advisories: [Advisory]) throws -> AdvisoryIndex {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("verdicts-\(UUID().uuidString)").path
    // The mapping outlives the name.
    defer { try? FileManager.default.removeItem(atPath: path) }
    return try writeIndex(advisories, to: path)
}

/// Writes an index of some advisories to a path and opens it.
@discardableResult
func writeIndex(_ advisories: [Advisory], to path: String) throws -> AdvisoryIndex {
    var builder = IndexBuilder()
    for advisory in advisories { try builder.add(advisory) }
    _ = try builder.write(to: path)
    return try AdvisoryIndex(path: path)
}

/// An advisory about one package.
func advisory(
    _ id: String, feed: FeedID = .osv("PyPI"), aliases: [String] = [], upstream: [String] = [], scope: String = "PyPI",
    name: String = "tool", events: [AffectedRange.Event] = [.introduced("0"), .fixed("2.0")], versions: [String] = [],
    withdrawn: Int64? = nil, state: FixState = .unspecified
) -> Advisory {
    Advisory(
        id: id, feed: feed, aliases: aliases, upstream: upstream, summary: "\(id) in short",
        details: "\(id) \"at\" length",
        published: 1_600_000_000, modified: 1_700_000_000, withdrawn: withdrawn,
        references: ["https://example.org/\(id)"],
        affected: [
            AffectedPackage(
                scope: scope, name: name,
                ranges: events.isEmpty ? [] : [AffectedRange(kind: .ecosystem, events: events)],
                versions: versions, state: state)
        ])
}

/// Indexes that a test exchanges as it likes.
final class TestIndexes: HeldIndexes {
    private let held: Mutex<[AdvisoryIndex]>

    init(_ indexes: [AdvisoryIndex]) { held = Mutex(indexes) }

    var index: AdvisoryIndex? { held.withLock { $0.first } }
    func index(digest: String) -> AdvisoryIndex? { held.withLock { $0.first { $0.digest == digest } } }

    /// Puts an index into use; the others stay held if told so.
    func use(_ index: AdvisoryIndex, holdingOthers: Bool = true) {
        held.withLock { held in
            held.removeAll { $0 === index || !holdingOthers }
            held.insert(index, at: 0)
        }
    }
}

/// A responder without a network.
func makeResponder(
    _ indexes: TestIndexes, limits: ServerLimits = ServerLimits(), health: HealthState = HealthState(),
    exposesMetrics: Bool = false, rates: RateLimiter? = nil,
    _ configure: (inout VerdictServerConfiguration) -> Void = { _ in }
) -> Responder {
    var configuration = VerdictServerConfiguration()
    configuration.exposesMetrics = exposesMetrics
    configure(&configuration)
    let settings = ResponderSettings(configuration)
    return makeResponder(indexes, limits: limits, health: health, settings: settings, rates: rates)
}

private func makeResponder(
    _ indexes: TestIndexes, limits: ServerLimits, health: HealthState, settings: ResponderSettings,
    rates: RateLimiter?
) -> Responder {
    Responder(
        services: VerdictServerServices(indexes: indexes, health: health, metricsText: { "up 1\n" }), limits: limits,
        settings: settings, benches: WorkbenchPool(depth: limits.depth), metrics: ServerMetrics(), rates: rates,
        differences: DifferenceHolder(),
        load: { (0, 0) }, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
}

/// An answer as tests read it.
struct Answer {
    let status: UInt
    let text: String
    let headers: [(String, String)]

    /// The body as Foundation reads it: another reader than the one under test.
    var json: NSDictionary {
        get throws {
            let value = try JSONSerialization.jsonObject(with: Data(text.utf8))
            return value as? NSDictionary ?? [:]
        }
    }

    /// Ids below `vulns`.
    var ids: [String] { get throws { try Answer.ids(json) } }

    static func ids(_ value: Any?) -> [String] {
        let vulns = (value as? NSDictionary)?["vulns"] as? [NSDictionary] ?? []
        return vulns.compactMap { $0["id"] as? String }
    }
}

extension Responder {
    /// Asks without a network.
    func ask(
        _ method: HTTPMethod, _ uri: String, _ body: String = "", isLocal: Bool = true, headers: HTTPHeaders = [:]
    ) -> Answer {
        let head = HTTPRequestHead(version: .http1_1, method: method, uri: uri, headers: headers)
        let reply = respond(
            to: ServerRequest(head, body: ByteBuffer(string: body), id: "test", client: isLocal ? .local : .unknown))
        return Answer(status: reply.status.code, text: String(buffer: reply.body), headers: reply.headers)
    }

    /// Posts without a network.
    func ask(_ uri: String, _ body: String) -> Answer { ask(.POST, uri, body) }
}

/// Health as a process has it once it serves.
enum HealthStates {
    static func ready() -> HealthState {
        let health = HealthState()
        health.finishStarting()
        return health
    }
}
