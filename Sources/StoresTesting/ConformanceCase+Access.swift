import ConformanceTesting
import Foundation
@_spi(Minting) import Stores

extension ConformanceCase {
    static let access: [ConformanceCase] = [
        ConformanceCase("a company's users are listed, get other roles and go, but for the last owner") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let owner = try await user(world, scope, "zoe@example.com", .owner)
            let viewer = try await user(world, scope, "Ann@example.com", .viewer)
            _ = try await user(world, other, "bob@example.com", .owner)
            try expect(try await world.store.fetchUsers(scope: scope), equals: [viewer, owner], "by e-mail")
            let session = try await session(world, viewer, World.secret(1))
            let ended = try await world.store.setRole(
                scope: scope, userID: viewer.id, role: .admin, at: world.at(5))
            try expect(ended, equals: [session.id], "sessions of the role before")
            try expect(try await world.store.isSessionActive(id: session.id, at: world.at(5)), equals: false)
            try expect(try await world.store.fetchUser(scope: scope, id: viewer.id)?.user.role, equals: .admin)
            for (scope, id) in [(other, viewer.id), (scope, UserID())] {
                try await expect(throws: .notFound("user"), "another company's user, or nobody") {
                    _ = try await world.store.setRole(scope: scope, userID: id, role: .viewer, at: world.at(6))
                }
                try await expect(throws: .notFound("user"), "another company's user, or nobody") {
                    _ = try await world.store.removeUser(scope: scope, userID: id, at: world.at(6))
                }
            }
            try await expect(throws: .lastOwner, "the last owner's role") {
                _ = try await world.store.setRole(scope: scope, userID: owner.id, role: .viewer, at: world.at(7))
            }
            try await expect(throws: .lastOwner, "the last owner") {
                _ = try await world.store.removeUser(scope: scope, userID: owner.id, at: world.at(7))
            }
            _ = try await world.store.setRole(scope: scope, userID: viewer.id, role: .owner, at: world.at(8))
            _ = try await world.store.removeUser(scope: scope, userID: owner.id, at: world.at(9))
            try expect(try await world.store.fetchUsers(scope: scope).map(\.id), equals: [viewer.id])
            try expect(try await world.store.fetchLogin(email: "zoe@example.com")?.user, equals: nil)
            let actions = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items
            try expect(
                actions.prefix(3).map(\.action), equals: ["user.removed", "user.role_changed", "user.role_changed"])
            try expect(
                actions[1].details, equals: ["email": "Ann@example.com", "from": "admin", "to": "owner"])
        },
        ConformanceCase("of two owners who remove each other at once one stays") { world in
            let scope = try await world.company("first")
            let owners = [
                try await user(world, scope, "a@example.com", .owner),
                try await user(world, scope, "b@example.com", .owner),
            ]
            await withTaskGroup(of: Void.self) { group in
                for owner in owners {
                    group.addTask {
                        _ = try? await world.store.removeUser(scope: scope, userID: owner.id, at: world.at(5))
                    }
                }
            }
            try expect(try await world.store.fetchUsers(scope: scope).count, equals: 1)
        },
        ConformanceCase("a password is changed by who knows it, and ends the other sessions") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let ann = try await user(world, scope, "ann@example.com", .viewer)
            let bob = try await user(world, scope, "bob@example.com", .viewer)
            let kept = try await session(world, ann, World.secret(1))
            let ended = try await session(world, ann, World.secret(2))
            let foreign = try await session(world, bob, World.secret(3))
            func set(_ scope: CompanyScope, _ old: String, _ new: String) async throws -> [SessionID] {
                try await world.store.setPassword(
                    scope: scope, userID: ann.id, replacing: old, with: new, keeping: kept.id, at: world.at(5))
            }
            try await expect(throws: .decided("password"), "another password") { _ = try await set(scope, "x", "y") }
            try await expect(throws: .notFound("user"), "another company") { _ = try await set(other, "hash", "y") }
            try expect(try await set(scope, "hash", "new hash"), equals: [ended.id])
            try expect(try await world.store.fetchLogin(email: "ann@example.com")?.passwordHash, equals: "new hash")
            try expect(try await world.store.fetchLogin(email: "bob@example.com")?.passwordHash, equals: "hash")
            for (session, isActive) in [(kept, true), (ended, false), (foreign, true)] {
                try expect(
                    try await world.store.isSessionActive(id: session.id, at: world.at(6)), equals: isActive)
            }
            let log = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items
            try expect(log.first?.action, equals: "user.password_changed")
            try expect(log.first?.details, equals: ["email": "ann@example.com"])
        },
        ConformanceCase("a reset works once, in its time, and only the newest") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let ann = try await user(world, scope, "ann@example.com", .viewer)
            let session = try await session(world, ann, World.secret(1))
            func issue(_ number: UInt64, _ scope: CompanyScope) async throws {
                try await world.store.insertPasswordReset(
                    scope: scope, userID: ann.id, token: World.secret(number), expiresAt: world.at(100),
                    at: world.at(5))
            }
            func use(_ number: UInt64, at time: Double, _ hash: String) async throws -> [SessionID]? {
                try await world.store.usePasswordReset(
                    World.secret(number), passwordHash: hash, at: world.at(time))
            }
            try await expect(throws: .notFound("user"), "another company") { try await issue(7, other) }
            try await issue(8, scope)
            try await issue(9, scope)
            try expect(try await use(8, at: 6, "a"), equals: nil, "a newer one was made")
            try expect(try await use(9, at: 100, "b"), equals: nil, "too late")
            try expect(try await use(9, at: 99, "c"), equals: [session.id])
            try expect(try await use(9, at: 99, "d"), equals: nil, "a second time")
            try expect(try await world.store.fetchLogin(email: "ann@example.com")?.passwordHash, equals: "c")
            try await issue(10, scope)
            _ = try await world.store.setPassword(
                scope: scope, userID: ann.id, replacing: "c", with: "e", keeping: nil, at: world.at(6))
            try expect(try await use(10, at: 7, "f"), equals: nil, "void since the password was changed")
            try await issue(11, scope)
            let uses = try await withThrowingTaskGroup(of: Bool.self) { group in
                for number in 1...4 {
                    group.addTask { try await use(11, at: 8, "g\(number)") != nil }
                }
                return try await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            try expect(uses, equals: 1, "of several at once one")
            _ = try await world.store.fetchUsers(scope: scope)
            let actions = try await world.store.fetchAudit(scope: scope, query: AuditQuery(), page: PageRequest()).items
            try expect(
                actions.prefix(3).map(\.action),
                equals: ["user.password_reset", "user.password_reset_issued", "user.password_changed"])
        },
        ConformanceCase("a user's sessions are listed and ended one by one") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            let ann = try await user(world, scope, "ann@example.com", .viewer)
            let bob = try await user(world, scope, "bob@example.com", .viewer)
            let context = AuditContext(actor: AuditActor(.anonymous), address: "192.0.2.1")
            let first = try await AuditContext.$current.withValue(context) {
                try await session(world, ann, World.secret(1), at: 1)
            }
            let second = try await session(world, ann, World.secret(2), at: 2)
            let foreign = try await session(world, bob, World.secret(3), at: 3)
            _ = try await world.store.rotateRefreshToken(
                World.secret(1), to: World.secret(4), expiresAt: world.at(900), at: world.at(50))
            let listed = try await world.store.fetchSessions(scope: scope, userID: ann.id, at: world.at(60))
            try expect(listed.map(\.session.id), equals: [second.id, first.id], "newest first")
            try expect(listed.map(\.address), equals: [nil, "192.0.2.1"])
            try expect(listed.map(\.lastUsedAt), equals: [world.at(2), world.at(50)])
            try expect(try await world.store.fetchSessions(scope: other, userID: ann.id, at: world.at(60)), equals: [])
            for (scope, user, id) in [
                (other, ann.id, first.id), (scope, ann.id, foreign.id), (scope, ann.id, SessionID()),
            ] {
                try await expect(throws: .notFound("session"), "somebody else's") {
                    try await world.store.revokeSession(scope: scope, userID: user, id: id, at: world.at(61))
                }
            }
            for second in [62.0, 63] {
                try await world.store.revokeSession(scope: scope, userID: ann.id, id: first.id, at: world.at(second))
            }
            try expect(try await world.store.isSessionActive(id: first.id, at: world.at(64)), equals: false)
            try expect(
                try await world.store.fetchSessions(scope: scope, userID: ann.id, at: world.at(64)).map(\.session.id),
                equals: [second.id])
            try expect(try await world.store.isSessionActive(id: foreign.id, at: world.at(64)), "the other's goes on")
        },
        ConformanceCase("an API token works until it expires, is revoked or its user goes") { world in
            let (scope, other) = (try await world.company("first"), try await world.company("second"))
            _ = try await user(world, scope, "zoe@example.com", .owner)
            let ann = try await user(world, scope, "ann@example.com", .admin)
            func make(_ number: UInt64, at time: Double, expires: Double) async throws -> APIToken {
                try await world.store.insertAPIToken(
                    scope: scope, userID: ann.id, token: World.secret(number), name: "token \(number)",
                    scopes: ["b", "a", "b"], expiresAt: world.at(expires), at: world.at(time))
            }
            func works(_ number: UInt64, at time: Double) async throws -> Bool {
                let found = try await world.store.useAPIToken(World.secret(number), at: world.at(time))
                try expect(found.map(\.user), equals: found == nil ? nil : ann)
                return found != nil
            }
            let first = try await make(1, at: 1, expires: 1000)
            let second = try await make(2, at: 2, expires: 100)
            _ = try await make(3, at: 3, expires: 1000)
            try expect(first.scopes, equals: ["a", "b"])
            try expect(
                try await world.store.fetchAPITokens(scope: scope).map(\.name),
                equals: ["token 3", "token 2", "token 1"])
            try expect(try await world.store.fetchAPITokens(scope: other), equals: [])
            try expect(try await works(1, at: 10), "works")
            try expect(try await works(1, at: 20), "works again")
            try expect(try await works(9, at: 20), equals: false, "no such token")
            try expect(try await works(2, at: 99), "until it expires")
            try expect(try await works(2, at: 100), equals: false, "expired")
            let used = try await world.store.fetchAPITokens(scope: scope).map(\.lastUsedAt)
            try expect(used, equals: [nil, world.at(99), world.at(10)], "the second use came too soon to be noted")
            _ = try await works(1, at: 70)
            try expect(try await world.store.fetchAPITokens(scope: scope).last?.lastUsedAt, equals: world.at(70))
            for (scope, id) in [(other, first.id), (scope, APITokenID())] {
                try await expect(throws: .notFound("API token"), "another company's token, or none") {
                    try await world.store.revokeAPIToken(scope: scope, id: id, at: world.at(80))
                }
            }
            try await expect(throws: .notFound("user"), "another company's user") {
                _ = try await world.store.insertAPIToken(
                    scope: other, userID: ann.id, token: World.secret(8), name: "x", scopes: ["a"],
                    expiresAt: world.at(100), at: world.at(1))
            }
            for time in [81.0, 82] {
                try await world.store.revokeAPIToken(scope: scope, id: first.id, at: world.at(time))
            }
            try expect(try await works(1, at: 83), equals: false, "revoked")
            try expect(try await works(3, at: 83), "the other works")
            _ = try await world.store.removeUser(scope: scope, userID: ann.id, at: world.at(84))
            try expect(try await works(3, at: 85), equals: false, "its user is gone")
            try expect(try await world.store.fetchAPITokens(scope: scope), equals: [])
            _ = second
        },
    ]
}

private func user(_ world: World, _ scope: CompanyScope, _ email: String, _ role: Role) async throws -> User {
    try await world.store.insertUser(
        email: email, passwordHash: "hash", role: role, companyID: scope.companyID, at: world.at(0))
}

private func session(_ world: World, _ user: User, _ token: SecretHash, at time: Double = 1) async throws -> Session {
    try await world.store.insertSession(
        userID: user.id, refreshToken: token, expiresAt: world.at(500), at: world.at(time))
}
