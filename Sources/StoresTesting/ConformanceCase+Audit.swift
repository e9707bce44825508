import ConformanceTesting
import Foundation
@_spi(Minting) import Stores

extension ConformanceCase {
    static let audit: [ConformanceCase] = [
        ConformanceCase("every change stands in the audit log of its company, with who made it") { world in
            let context = AuditContext(
                actor: AuditActor(.installation, name: "root"), address: "192.0.2.7", requestID: "request-1")
            let scope = try await AuditContext.$current.withValue(context) { try await world.company("first") }
            let (user, session) = try await signIn(world, scope, World.secret(50))
            let token = try await world.token(scope)
            let agent = try await world.enroll(token, "web", key: 9)
            let person = AuditContext(actor: AuditActor(.person, id: user.description))
            let invitation = try unwrap(try await world.store.fetchEnrollmentTokens(scope: scope).first, "token")
            try await AuditContext.$current.withValue(person) {
                for _ in 1...2 {
                    try await world.store.revokeEnrollmentToken(scope: scope, id: invitation.id, at: world.at(5))
                    try await world.store.revokeSession(id: session, at: world.at(6))
                }
            }
            let log = try await entries(world, scope)
            try expect(log.map(\.sequence), equals: Array(1...7), "without gaps")
            try expect(
                log.map(\.action),
                equals: [
                    "company.created", "user.created", "session.begun", "enrollment_token.created", "agent.enrolled",
                    "enrollment_token.revoked", "session.ended",
                ], "once for each change, and nothing for what changed nothing")
            try expect(log[0].context, equals: context, "who, from where")
            try expect(log[0].subject, equals: scope.companyID.description)
            try expect(log[1].context.actor.kind, equals: .system, "who says nothing")
            try expect(log[1].details, equals: ["email": "ann@example.com", "role": "owner"])
            try expect(
                log[2].context.actor, equals: AuditActor(.person, id: user.description, name: "ann@example.com"))
            try expect(log[4].context.actor, equals: AuditActor(.agent, id: agent.description, name: "web"))
            try expect(log[4].details, equals: ["enrollment_token": invitation.id.description])
            try expect(
                log[6].context.actor, equals: AuditActor(.person, id: user.description, name: "ann@example.com"),
                "the store adds the name")
            try expect(log[6].details, equals: ["user": user.description])
        },
        ConformanceCase("a refresh token that comes twice stands in the audit log") { world in
            let scope = try await world.company("first")
            let (_, session) = try await signIn(world, scope, World.secret(1))
            for number in UInt64(2)...3 {
                _ = try await world.store.rotateRefreshToken(
                    World.secret(1), to: World.secret(number), expiresAt: world.at(300), at: world.at(10))
            }
            let last = try unwrap(try await entries(world, scope).last, "entry")
            try expect(last.action, equals: "session.refresh_token_reused")
            try expect(last.subject, equals: session.description)
        },
        ConformanceCase("what was not changed is not in the audit log") { world in
            let scope = try await world.company("first")
            try await expect(throws: .alreadyExists("company"), "same name") { _ = try await world.company("FIRST") }
            _ = try await signIn(world, scope, World.secret(1))
            let before = try await entries(world, scope).count
            for _ in 1...2 {
                try await expect(throws: .alreadyExists("user"), "same email") {
                    _ = try await world.store.insertUser(
                        email: "ann@example.com", passwordHash: "x", role: .owner, companyID: scope.companyID,
                        at: world.at(2))
                }
            }
            try await expect(throws: .notFound("enrollment token"), "unknown token") {
                try await world.store.revokeEnrollmentToken(scope: scope, id: EnrollmentTokenID(), at: world.at(3))
            }
            try expect(try await entries(world, scope).count, equals: before)
        },
        ConformanceCase("entries that are written at once make one chain") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<24 {
                    group.addTask {
                        try await world.store.appendAudit(
                            scope: number % 3 == 0 ? other : scope, .auditExported, subject: "\(number)", details: [:],
                            at: world.at(Double(number)))
                    }
                }
                try await group.waitForAll()
            }
            let log = try await entries(world, scope)
            try expect(log.map(\.sequence), equals: Array(1...17))
            try expect(try await entries(world, other).map(\.sequence), equals: Array(1...9))
            try expect(Set(log.map(\.hash)).count, equals: 17)
            for (entry, next) in zip(log, log.dropFirst()) { try expect(next.previous, equals: entry.hash) }
        },
        ConformanceCase("the audit log is filtered and paged in both directions, and shows the own company") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            for number in 0..<20 {
                let actor = AuditActor(.apiToken, id: "token-\(number % 2)", name: "nul \0 and \u{1F600}")
                try await AuditContext.$current.withValue(AuditContext(actor: actor)) {
                    try await world.store.appendAudit(
                        scope: scope, number % 4 == 0 ? .agentEnrolled : .auditExported, subject: "s\(number / 10)",
                        details: ["n": "\(number)", "text": String(repeating: "ü", count: 2000)],
                        at: world.at(100 + Double(number)))
                }
            }
            try expect(try await entries(world, other).count, equals: 1)
            func numbers(_ change: (inout AuditQuery) -> Void) async throws -> [Int] {
                var query = AuditQuery()
                change(&query)
                let asked = query
                return try await world.all { try await world.store.fetchAudit(scope: scope, query: asked, page: $0) }
                    .compactMap { $0.details["n"].flatMap { Int($0) } }
            }
            try expect(try await numbers { _ in }, equals: Array((0..<20).reversed()))
            try expect(try await numbers { $0.isOldestFirst = true }, equals: Array(0..<20))
            try expect(try await numbers { $0.action = "agent.enrolled" }, equals: [16, 12, 8, 4, 0])
            try expect(try await numbers { $0.actor = "token-1" }.count, equals: 10)
            try expect(try await numbers { $0.subject = "s1" }, equals: Array((10..<20).reversed()))
            try expect(
                try await numbers {
                    $0.from = world.at(105)
                    $0.until = world.at(110)
                    $0.isOldestFirst = true
                    $0.actor = "token-1"
                }, equals: [5, 7, 9])
            let page = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest(limit: 2))
            var oldest = AuditQuery()
            oldest.isOldestFirst = true
            let (foreign, asked) = (page.nextCursor, oldest)
            try await expect(throws: .invalidCursor, "cursor of the other direction") {
                _ = try await world.store.fetchAudit(scope: scope, query: asked, page: PageRequest(cursor: foreign))
            }
        },
    ]
}

/// A company's log, oldest first.
private func entries(_ world: World, _ scope: CompanyScope) async throws -> [AuditEntry] {
    var query = AuditQuery()
    query.isOldestFirst = true
    let asked = query
    return try await world.all { try await world.store.fetchAudit(scope: scope, query: asked, page: $0) }
}

private func signIn(_ world: World, _ scope: CompanyScope, _ token: SecretHash) async throws -> (UserID, SessionID) {
    let user = try await world.store.insertUser(
        email: "ann@example.com", passwordHash: "hash", role: .owner, companyID: scope.companyID, at: world.at(1))
    let session = try await world.store.insertSession(
        userID: user.id, refreshToken: token, expiresAt: world.at(1000), at: world.at(2))
    return (user.id, session.id)
}
