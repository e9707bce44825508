import ConformanceTesting
import Foundation
import PackageIdentity
import Scoring
@_spi(Minting) import Stores

extension ConformanceCase {
    static let notifications: [ConformanceCase] = [
        ConformanceCase("an endpoint is told once of each finding that is first seen") { world in
            let place = try await Place(world)
            let endpoint = try await place.endpoint(at: 1)
            let (a, b) = (try World.purl("a"), try World.purl("b"))
            var feed = Feed()
            feed.say("CVE-1", of: a, fixed: "2", cvss: 9.8, exploited: true)
            try await world.apply(place.scope, place.first, [a], at: 2, feed: feed)
            try expect(try await place.told(), equals: ["CVE-1 first"])
            try await world.apply(place.scope, place.first, [a], at: 3, feed: feed)
            try await world.record([a], at: 4, feed: feed)
            try expect(try await place.told(), equals: ["CVE-1 first"], "nothing is new")
            try await world.apply(place.scope, place.second, [a, b], at: 5, feed: feed)
            try expect(try await place.told(), equals: ["CVE-1 first", "CVE-1 second"], "another agent")
            feed.say("CVE-2", of: a)
            feed.say("CVE-1", of: b)
            try await world.record([a, b], at: 6, feed: feed)
            let all = ["CVE-1 first", "CVE-1 second", "CVE-2 first", "CVE-2 second"]
            try expect(try await place.told(), equals: all, "a new advisory, and a second package that changes nothing")
            try await world.apply(place.scope, place.first, [], at: 7, feed: feed)
            try expect(try await place.told(), equals: all, "what ends is not told")
            try await world.apply(place.scope, place.first, [a], at: 8, feed: feed)
            try expect(
                try await place.told(), equals: (all + ["CVE-1 first", "CVE-2 first"]).sorted(), "first seen anew")
            let claims = try await place.claim(at: 9)
            let first = try unwrap(
                claims.map { Told($0) }.first { $0.data?.vulnerability == "CVE-1" }, "a notification of CVE-1")
            try expect(first.type, equals: "finding.first_seen")
            try expect(first.data?.severity, equals: "critical")
            try expect(first.data?.exploited, equals: true)
            try expect(first.data?.fixable, equals: true)
            try expect(claims.allSatisfy { $0.endpoint == endpoint.id && $0.secret == [1, 2, 3] }, "where to")
        },
        ConformanceCase("secrets are replaced as they are stored") { world in
            let place = try await Place(world)
            _ = try await place.endpoint(at: 1)
            let other = try await world.company("another")
            @Sendable func mark(_ scope: CompanyScope, _ secret: [UInt8]) -> [UInt8]? {
                secret.first == 9 ? nil : [9] + secret
            }
            try expect(try await world.store.replaceSecrets(mark), equals: 1)
            try expect(try await world.store.replaceSecrets(mark), equals: 0)
            try expect(
                try await world.store.replaceSecrets { scope, _ in scope == other ? [1] : nil }, equals: 0,
                "whose it is")
            let endpoint = try unwrap(
                try await world.store.fetchEndpoints(scope: place.scope).first, "the endpoint")
            _ = try await world.store.insertTestNotification(
                scope: place.scope, endpoint: endpoint.id, at: world.at(2))
            try expect(try await place.claim(at: 3).map(\.secret), equals: [[9, 1, 2, 3]])
        },
        ConformanceCase("an endpoint is told once of each silence of an agent") { world in
            let place = try await Place(world)
            func record(_ from: Double, _ until: Double) async throws -> Int {
                try await world.store.recordSilences(
                    lastSeen: world.at(from)..<world.at(until), limit: 10, at: world.at(2_000))
            }
            func beat(_ agent: AgentID, _ name: String, at time: Double) async throws {
                _ = try await world.store.recordHeartbeat(
                    scope: place.scope, agentID: agent, facts: World.facts(name), at: world.at(time))
            }
            for (agent, name, time) in [(place.first, "first", 100.0), (place.second, "second", 900)] {
                try await beat(agent, name, at: time)
            }
            try expect(try await record(50, 500), equals: 0, "nobody wants to hear of it")
            for time in [1.0, 2] { _ = try await place.endpoint(at: time) }
            try expect(try await record(50, 500), equals: 2, "one for each endpoint")
            try expect(try await record(50, 500), equals: 0, "told already")
            try expect(try await record(150, 500), equals: 0, "silent for longer than is looked at")
            try await beat(place.first, "first", at: 600)
            try expect(try await record(50, 700), equals: 2, "silent again")
            let claims = try await place.claim(at: 3_000)
            try expect(claims.map { Told($0).text }, equals: Array(repeating: "- first", count: 4))
            try expect(Set(claims.map { Told($0).type }), equals: ["agent.silent"])
            try await world.store.setStanding(
                scope: place.scope, agentID: place.second, standing: .revoked, reason: "", at: world.at(5))
            try expect(try await record(50, 1_000), equals: 0, "who is kept out is silent anyway")
            var query = AgentQuery()
            query.sort = .lastSeen
            func names() async throws -> [String] {
                try await world.store.fetchAgents(scope: place.scope, query: query, page: PageRequest()).items
                    .map(\.hostname)
            }
            query.seenBefore = world.at(900)
            try expect(try await names(), equals: ["first"])
            (query.seenBefore, query.seenSince) = (nil, world.at(900))
            try expect(try await names(), equals: ["second"])
            query.seenSince = world.at(600)
            for sort in AgentQuery.Sort.allCases {
                query.sort = sort
                try expect(Set(try await names()), equals: ["first", "second"])
            }
        },
        ConformanceCase("an endpoint is told of what it wants and of what comes after it") { world in
            let place = try await Place(world)
            let (a, b) = (try World.purl("a"), try World.purl("b"))
            var feed = Feed()
            feed.say("CVE-1", of: a, cvss: 9.8)
            feed.say("CVE-2", of: b, cvss: 5)
            feed.say("CVE-3", of: b, cvss: 5, exploited: true)
            feed.say("CVE-4", of: b, .undetermined)
            try await world.apply(place.scope, place.first, [a], at: 1, feed: feed)
            let high = try await place.endpoint(.high, at: 2)
            let exploited = try await place.endpoint(exploitedOnly: true, at: 2)
            try await world.apply(place.scope, place.first, [a, b], at: 3, feed: feed)
            try await world.apply(place.scope, place.second, [a, b], at: 4, feed: feed)
            let told = try await place.claim(at: 5).map {
                "\($0.endpoint == high.id ? "high" : "exploited") \(Told($0).text)"
            }
            try expect(
                told.sorted(), equals: ["exploited CVE-3 first", "exploited CVE-3 second", "high CVE-1 second"])
            try expect(try await world.store.fetchEndpoints(scope: place.scope).count, equals: 2)
            try await world.store.deleteEndpoint(scope: place.scope, id: exploited.id, at: world.at(6))
            let left = try await world.store.fetchNotifications(
                scope: place.scope, query: NotificationQuery(), page: PageRequest())
            try expect(left.items.map(\.endpoint), equals: [high.id], "it is gone with what it was to be told")
            try expect(try await world.store.fetchEndpoints(scope: place.scope), equals: [high])
        },
        ConformanceCase("a notification is held by one at a time, tried again, and dies with its reason") { world in
            let place = try await Place(world)
            let endpoint = try await place.endpoint(at: 1)
            let id = try await world.store.insertTestNotification(
                scope: place.scope, endpoint: endpoint.id, at: world.at(10))
            func summary() async throws -> NotificationSummary {
                let page = try await world.store.fetchNotifications(
                    scope: place.scope, query: NotificationQuery(), page: PageRequest())
                return try unwrap(page.items.first, "the notification")
            }
            let first = try unwrap(try await place.claim(at: 10).first, "the first claim")
            try expect(first.attempt, equals: 1)
            try expect(try await place.claim(at: 69).count, equals: 0, "somebody has it")
            let second = try unwrap(try await place.claim(at: 70).first, "the lease is over")
            try expect(second.attempt, equals: 2)
            try await world.store.finishNotification(first, .delivered, at: world.at(71))
            try expect(try await summary().state, equals: .waiting, "who lost it says nothing any longer")
            try await world.store.finishNotification(
                second, .failed(reason: "HTTP 500", retryAt: world.at(100)), at: world.at(72))
            let failed = try await summary()
            try expect(failed.failure, equals: "HTTP 500")
            try expect(failed.dueAt, equals: world.at(100))
            try expect(try await place.claim(at: 99).count, equals: 0)
            let third = try unwrap(try await place.claim(at: 100).first, "the third claim")
            try await world.store.finishNotification(third, .dead(reason: "enough"), at: world.at(101))
            try expect(try await summary().state, equals: .dead)
            try expect(try await summary().failure, equals: "enough")
            try expect(try await place.claim(at: 1_000).count, equals: 0, "the dead are not tried")
            try await world.store.retryNotification(scope: place.scope, id: id, at: world.at(200))
            let fourth = try unwrap(try await place.claim(at: 200).first, "the claim after the retry")
            try expect(fourth.attempt, equals: 1, "as if it were new")
            try expect(fourth.id, equals: id, "under its id")
            try expect(fourth.payload, equals: first.payload, "with its content")
            try await world.store.finishNotification(fourth, .delivered, at: world.at(201))
            try expect(try await summary().deliveredAt, equals: world.at(201))
            try await expect(throws: .decided("notification"), "again what was delivered") {
                try await world.store.retryNotification(scope: place.scope, id: id, at: world.at(202))
            }
            try expect(try await world.store.deleteNotifications(before: world.at(201), limit: 9), equals: 0)
            try expect(try await world.store.deleteNotifications(before: world.at(202), limit: 9), equals: 1)
        },
        ConformanceCase("those who claim at once get different notifications") { world in
            let place = try await Place(world)
            let endpoint = try await place.endpoint(at: 1)
            for _ in 0..<40 {
                _ = try await world.store.insertTestNotification(
                    scope: place.scope, endpoint: endpoint.id, at: world.at(2))
            }
            let claimed = try await withThrowingTaskGroup(of: [NotificationID].self) { group in
                for _ in 0..<8 {
                    group.addTask {
                        try await world.store.claimNotifications(at: world.at(3), lease: .seconds(60), limit: 10).map(
                            \.id)
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            try expect(Set(claimed).count, equals: claimed.count, "none twice")
            let rest = try await place.claim(at: 4)
            try expect(claimed.count + rest.count, equals: 40, "and all")
        },
        ConformanceCase("endpoints and notifications are the company's own") { world in
            let (place, other) = (try await Place(world), try await world.company("other"))
            let endpoint = try await place.endpoint(at: 1)
            let id = try await world.store.insertTestNotification(
                scope: place.scope, endpoint: endpoint.id, at: world.at(2))
            try expect(try await world.store.fetchEndpoints(scope: other), equals: [])
            let page = try await world.store.fetchNotifications(
                scope: other, query: NotificationQuery(), page: PageRequest())
            try expect(page.items, equals: [])
            try await expect(throws: .notFound("endpoint"), "delete") {
                try await world.store.deleteEndpoint(scope: other, id: endpoint.id, at: world.at(3))
            }
            try await expect(throws: .notFound("endpoint"), "test") {
                _ = try await world.store.insertTestNotification(scope: other, endpoint: endpoint.id, at: world.at(3))
            }
            try await expect(throws: .notFound("notification"), "retry") {
                try await world.store.retryNotification(scope: other, id: id, at: world.at(3))
            }
            try await expect(throws: .notFound("user"), "another company's user") {
                _ = try await world.store.insertEndpoint(
                    scope: other, Place.draft(nil, false), by: place.user, at: world.at(3))
            }
            // Findings of one company are not told to another.
            let a = try World.purl("a")
            var feed = Feed()
            feed.say("CVE-1", of: a)
            let agent = try await world.enroll(try await world.token(other), "theirs", key: 9)
            try await world.apply(other, agent, [a], at: 4, feed: feed)
            try expect(try await place.claim(at: 5).map { Told($0).type }, equals: ["endpoint.test"])
            for _ in 1..<NotificationLimits.endpoints { _ = try await place.endpoint(at: 6) }
            try await expect(throws: .limitReached("endpoints"), "one too many") { _ = try await place.endpoint(at: 7) }
        },
    ]
}

/// A company with a user and two agents without packages.
private struct Place {
    let world: World
    let scope: CompanyScope
    let user: UserID
    let (first, second): (AgentID, AgentID)

    init(_ world: World) async throws {
        self.world = world
        scope = try await world.company("place")
        user = try await world.store.insertUser(
            email: "ann@example.com", passwordHash: "x", role: .admin, companyID: scope.companyID, at: world.at(0)
        ).id
        let token = try await world.token(scope)
        first = try await world.enroll(token, "first", key: 1)
        second = try await world.enroll(token, "second", key: 2)
    }

    static func draft(_ severity: Severity?, _ exploitedOnly: Bool) -> EndpointDraft {
        EndpointDraft(
            kind: .webhook, target: "https://example.com/hook?key=hidden", label: "", minimumSeverity: severity,
            exploitedOnly: exploitedOnly, secret: [1, 2, 3])
    }

    func endpoint(_ severity: Severity? = nil, exploitedOnly: Bool = false, at time: Double) async throws
        -> NotificationEndpoint
    {
        try await world.store.insertEndpoint(
            scope: scope, Self.draft(severity, exploitedOnly), by: user, at: world.at(time))
    }

    func claim(at time: Double) async throws -> [ClaimedNotification] {
        try await world.store.claimNotifications(at: world.at(time), lease: .seconds(60), limit: 500)
    }

    /// All that is in the outbox, whatever its state.
    func told() async throws -> [String] {
        let claims = try await claim(at: 1e6)
        for claim in claims {
            try await world.store.finishNotification(
                claim, .failed(reason: "", retryAt: world.at(0)), at: world.at(1e6))
        }
        return claims.map { Told($0).text }.sorted()
    }
}

/// A payload.
private struct Told: Decodable {
    struct Finding: Decodable {
        let vulnerability: String?
        let hostname: String?
        let severity: String?
        let exploited: Bool?
        let fixable: Bool?
    }

    let type: String
    let data: Finding?

    init(_ claim: ClaimedNotification) {
        self = (try? JSONDecoder().decode(Told.self, from: Data(claim.payload.utf8))) ?? Told(type: "damaged")
    }

    private init(type: String) {
        self.type = type
        data = nil
    }

    var text: String { "\(data?.vulnerability ?? "-") \(data?.hostname ?? "-")" }
}
