import ConformanceTesting
import Foundation
@_spi(Minting) import Stores

extension ConformanceCase {
    static let accounts: [ConformanceCase] = [
        ConformanceCase("company names are unique without regard to case") { world in
            let made = try await world.store.insertCompany(named: "Öl AG", at: world.at(0))
            try await expect(throws: .alreadyExists("company"), "same name") {
                _ = try await world.store.insertCompany(named: "öl ag", at: world.at(1))
            }
            try expect(try await world.store.fetchCompany(named: "ÖL AG"), equals: made)
            try expect(try await world.store.fetchCompany(named: "other"), equals: nil)
            let other = try await world.store.insertCompany(named: "Alpha", at: world.at(2))
            try expect(try await world.store.fetchCompanies(), equals: [other, made], "order by name")
        },
        ConformanceCase("users sign in by an email that is unique in the installation") { world in
            let (first, second) = (try await world.company("first"), try await world.company("second"))
            let user = try await world.store.insertUser(
                email: "Ann@example.com", passwordHash: "hash", role: .analyst, companyID: first.companyID,
                at: world.at(1))
            try await expect(throws: .alreadyExists("user"), "same email") {
                _ = try await world.store.insertUser(
                    email: "ann@EXAMPLE.com", passwordHash: "x", role: .viewer, companyID: second.companyID,
                    at: world.at(2))
            }
            let login = try unwrap(try await world.store.fetchLogin(email: "ANN@example.com"), "login")
            try expect(login.user, equals: user)
            try expect(login.company.id, equals: first.companyID)
            try expect(login.passwordHash, equals: "hash")
            try expect(try await world.store.fetchUser(scope: first, id: user.id)?.user, equals: user)
            try expect(try await world.store.fetchUser(scope: second, id: user.id)?.user, equals: nil)
            try await expect(throws: .notFound("company"), "user of no company") {
                _ = try await world.store.insertUser(
                    email: "b@example.com", passwordHash: "x", role: .viewer, companyID: CompanyID(), at: world.at(3))
            }
        },
        ConformanceCase("a refresh token works once, and a second use revokes its session") { world in
            let session = try await signIn(world, World.secret(1), expires: 100)
            let rotated = try await world.store.rotateRefreshToken(
                World.secret(1), to: World.secret(2), expiresAt: world.at(200), at: world.at(50))
            guard case .rotated(let next, let user) = rotated else { throw failure("rotate", rotated) }
            try expect(next.id, equals: session.id)
            try expect(next.expiresAt, equals: world.at(200))
            try expect(user.id, equals: session.userID)
            try expect(try await world.store.isSessionActive(id: session.id, at: world.at(150)), "session goes on")
            let reused = try await world.store.rotateRefreshToken(
                World.secret(1), to: World.secret(3), expiresAt: world.at(300), at: world.at(60))
            guard case .reused(let id) = reused else { throw failure("reuse", reused) }
            try expect(id, equals: session.id)
            try expect(
                try await world.store.isSessionActive(id: session.id, at: world.at(60)), equals: false, "revoked")
            for secret in [World.secret(2), World.secret(3)] {
                let outcome = try await world.store.rotateRefreshToken(
                    secret, to: World.secret(4), expiresAt: world.at(300), at: world.at(61))
                guard case .unknown = outcome else { throw failure("after revocation", outcome) }
            }
        },
        ConformanceCase("a refresh token expires and sessions end") { world in
            let session = try await signIn(world, World.secret(1), expires: 100)
            try expect(try await world.store.isSessionActive(id: session.id, at: world.at(99)), "active")
            try expect(try await world.store.isSessionActive(id: session.id, at: world.at(100)), equals: false)
            let outcome = try await world.store.rotateRefreshToken(
                World.secret(1), to: World.secret(2), expiresAt: world.at(300), at: world.at(100))
            guard case .expired = outcome else { throw failure("late", outcome) }
            try await world.store.revokeSession(id: session.id, at: world.at(50))
            try await world.store.revokeSession(id: session.id, at: world.at(51))
            try await world.store.revokeSession(id: SessionID(), at: world.at(51))
            try expect(try await world.store.isSessionActive(id: session.id, at: world.at(52)), equals: false)
            try expect(try await world.store.isSessionActive(id: SessionID(), at: world.at(52)), equals: false)
        },
        ConformanceCase("of concurrent uses of one refresh token exactly one wins") { world in
            _ = try await signIn(world, World.secret(1), expires: 100)
            let wins = try await withThrowingTaskGroup(of: Int.self) { group in
                for number in UInt64(10)..<18 {
                    group.addTask {
                        let outcome = try await world.store.rotateRefreshToken(
                            World.secret(1), to: World.secret(number), expiresAt: world.at(200), at: world.at(10))
                        if case .rotated = outcome { return 1 }
                        return 0
                    }
                }
                return try await group.reduce(0, +)
            }
            try expect(wins, equals: 1)
        },
    ]

    private static func signIn(_ world: World, _ secret: SecretHash, expires: Double) async throws -> Session {
        let scope = try await world.company("company")
        let user = try await world.store.insertUser(
            email: "ann@example.com", passwordHash: "hash", role: .owner, companyID: scope.companyID, at: world.at(0))
        let session = try await world.store.insertSession(
            userID: user.id, refreshToken: secret, expiresAt: world.at(expires), at: world.at(0))
        try expect(session.companyID, equals: scope.companyID)
        return session
    }

    static func failure(_ what: String, _ outcome: some Any) -> ConformanceFailure {
        ConformanceFailure(description: "\(what): found \(outcome)")
    }
}
