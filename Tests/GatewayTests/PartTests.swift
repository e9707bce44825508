import BoundedInput
import Crypto
import Foundation
import Matching
import PackageIdentity
import Stores
import Testing
import Wire

@testable import Gateway

struct PasswordHasherTests {
    private let cheap = PasswordHasher.Cost(logarithm: 4, blockSize: 8, parallelism: 1)

    @Test func theRightPasswordAndNoOtherFits() async throws {
        let hash = try await PasswordHasher.hash("a long password", cost: cheap)
        #expect(hash.hasPrefix("$scrypt$ln=4,r=8,p=1$"))
        #expect(try await PasswordHasher.verify("a long password", against: hash))
        #expect(try await !PasswordHasher.verify("a long passwore", against: hash))
        #expect(try await PasswordHasher.hash("a long password", cost: cheap) != hash, "salted")
    }

    @Test(arguments: ["", "$scrypt$", "$scrypt$ln=40,r=8,p=1$AAAA$AAAA", "$2b$12$abcdefghijklmnopqrstuv", "x$y$z$w"])
    func brokenHashesFitNothing(_ encoded: String) async throws {
        #expect(try await !PasswordHasher.verify("a long password", against: encoded))
    }

    @Test func lengthsHaveBounds() async throws {
        for password in ["short", String(repeating: "x", count: 1025)] {
            await #expect(throws: PasswordHasherError.self) { try await PasswordHasher.hash(password, cost: cheap) }
        }
    }
}

struct SigningKeyFileTests {
    private func withFolder(_ test: (String) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("key-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try test(folder.appendingPathComponent("signing.key").path)
    }

    @Test func theKeyIsMadeOnceAndForItsOwnerOnly() throws {
        try withFolder { path in
            let first = try SigningKeyFile.loadOrCreate(path: path)
            let second = try SigningKeyFile.loadOrCreate(path: path)
            #expect(first.rawRepresentation == second.rawRepresentation)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
            #expect(mode == 0o600)
            let folder = (path as NSString).deletingLastPathComponent
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["signing.key"])
        }
    }

    @Test func aFileThatOthersCanReadIsRefused() throws {
        try withFolder { path in
            _ = try SigningKeyFile.loadOrCreate(path: path)
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            #expect(throws: PrivateFileError.readableByOthers(path: path)) {
                try SigningKeyFile.loadOrCreate(path: path)
            }
        }
    }

    @Test func aBrokenFileIsNamed() throws {
        try withFolder { path in
            #expect(
                FileManager.default.createFile(
                    atPath: path, contents: Data("no key".utf8), attributes: [.posixPermissions: 0o600]))
            #expect(throws: PrivateFileError.malformed(path: path, expected: "an Ed25519 private key in PEM")) {
                try SigningKeyFile.loadOrCreate(path: path)
            }
        }
    }

    @Test func whereNoKeyIsYetNoneIsAdded() throws {
        try withFolder { path in
            #expect(throws: PrivateFileError.missing(path: path)) {
                try SigningKeyFile.rotate(path: path, now: Date())
            }
            #expect("\(PrivateFileError.missing(path: path))".contains(path))
            #expect(!FileManager.default.fileExists(atPath: path))
        }
    }
}

struct ReplayCacheTests {
    @Test func aProofIsRememberedAsLongAsItCouldBeUsed() {
        let cache = ReplayCache(lifetime: 600, limit: 100)
        #expect(cache.use(identifier: "a", publicKey: [1], now: 1000) == .fresh)
        #expect(cache.use(identifier: "a", publicKey: [1], now: 1599) == .replayed)
        #expect(cache.use(identifier: "b", publicKey: [1], now: 1600) == .fresh)
        #expect(cache.use(identifier: "a", publicKey: [1], now: 1600) == .replayed)
        #expect(cache.use(identifier: "a", publicKey: [2], now: 1600) == .fresh)
    }

    @Test func whenItIsFullNothingPassesUntilTheOldAreOut() {
        let cache = ReplayCache(lifetime: 600, limit: 2)
        #expect(cache.use(identifier: "a", publicKey: [], now: 1000) == .fresh)
        #expect(cache.use(identifier: "b", publicKey: [], now: 1000) == .fresh)
        #expect(cache.use(identifier: "c", publicKey: [], now: 1001) == .full)
        #expect(cache.use(identifier: "a", publicKey: [], now: 1001) == .replayed)
        #expect(cache.use(identifier: "c", publicKey: [], now: 2300) == .fresh)
    }
}

struct SignInThrottleTests {
    private let start = Date(timeIntervalSince1970: 1_000_000)

    private func limits(email: Int, address: Int) -> GatewayConfiguration.Limits {
        var limits = GatewayConfiguration.Limits()
        limits.failedSignInsPerEmail = email
        limits.failedSignInsPerAddress = address
        return limits
    }

    @Test func manyEmailsFromOneNetworkAreStopped() async throws {
        let throttle = SignInThrottle(limits: limits(email: 10, address: 2))
        for (email, address) in [("a", "2001:db8:1:2::1"), ("b", "2001:db8:1:2::2")] {
            try await throttle.begin(email: email, address: .init(nil, forwarded: address), now: start)
        }
        await #expect(throws: APIError.self) {
            try await throttle.begin(email: "c", address: .init(nil, forwarded: "2001:db8:1:2:ffff::3"), now: start)
        }
        try await throttle.begin(email: "c", address: .init(nil, forwarded: "2001:db8:1:3::1"), now: start)
    }

    @Test func memoryIsBounded() async throws {
        let throttle = SignInThrottle(limits: limits(email: 10, address: 10), capacity: 50)
        for number in 0..<500 {
            try await throttle.begin(
                email: "user\(number)", address: .init(nil, forwarded: "10.0.0.\(number)"),
                now: start.addingTimeInterval(Double(number)))
        }
        #expect(throttle.count <= 50)
    }
}

struct OriginCheckTests {
    @Test(
        arguments: [
            (nil, "zt.example", true), ("http://zt.example", "zt.example", true),
            ("https://zt.example", "zt.example:443", true), ("http://zt.example:8443", "zt.example:8443", true),
            ("http://ZT.example", "zt.EXAMPLE", true), ("http://evil.example", "zt.example", false),
            ("http://zt.example:81", "zt.example", false), ("null", "zt.example", false), ("", "zt.example", false),
            ("ftp://zt.example", "zt.example", false), ("http://zt.example.evil.example", "zt.example", false),
            ("http://zt.example", nil, false),
        ] as [(String?, String?, Bool)])
    func onlyTheOwnHostIsAllowed(_ origin: String?, _ host: String?, _ expected: Bool) {
        #expect(OriginCheck(isServedOverTLS: false).isAllowed(origin: origin, host: host) == expected)
    }

    @Test func behindTLSPlainOriginsAreOthers() {
        let check = OriginCheck(isServedOverTLS: true)
        #expect(!check.isAllowed(origin: "http://zt.example", host: "zt.example"))
        #expect(check.isAllowed(origin: "https://zt.example", host: "zt.example"))
    }
}

struct FindingActionTests {
    private func package(_ purl: String, fixed: String?, reason: String, status: VerdictStatus = .affected) throws
        -> FindingPackage
    {
        FindingPackage(
            purl: try PackageURL(purl),
            verdict: Verdict(vulnerability: "V", advisories: [], status: status, fixedVersion: fixed, reason: reason),
            firstSeen: Date(timeIntervalSince1970: 0))
    }

    private static let ssl = "pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12&upstream=openssl"
    private static let tool = "pkg:deb/debian/openssl@3.0.9-1?arch=amd64&distro=debian-12"
    private static let flask = "pkg:pypi/flask@2.0"

    @Test func packagesOfOneSourceAreOneUpgrade() throws {
        let packages = try [Self.ssl, Self.tool].map { try package($0, fixed: "3.0.11-1~deb12u2", reason: "in_range") }
        #expect(FindingAction.sentence(for: packages) == "Upgrade openssl to 3.0.11-1~deb12u2")
    }

    @Test(arguments: [
        (tool, VerdictReason.noFixYet, "No fix in Debian 12 yet"),
        (tool, VerdictReason.noFixPlanned, "No fix planned in Debian 12; remove openssl or limit who reaches it"),
        (tool, VerdictReason.endOfLife, "Debian 12 is no longer supported; move to a supported release"),
        (flask, VerdictReason.noFixYet, "No fix in PyPI yet"),
    ])
    func withoutAFixItSaysSo(_ purl: String, _ reason: String, _ expected: String) throws {
        #expect(FindingAction.sentence(for: [try package(purl, fixed: nil, reason: reason)]) == expected)
    }

    @Test func upgradesAndWaitingStandTogether() throws {
        let packages = [
            try package(Self.flask, fixed: "2.1", reason: "in_range"),
            try package(Self.tool, fixed: nil, reason: "no_fix_yet"),
        ]
        #expect(FindingAction.sentence(for: packages) == "Upgrade flask to 2.1; No fix in Debian 12 yet")
    }

    @Test func whatIsUndeterminedIsForPeople() throws {
        let packages = [try package(Self.tool, fixed: nil, reason: "unparsable_version", status: .undetermined)]
        #expect(FindingAction.sentence(for: packages).hasPrefix("Check by hand"))
    }
}

struct QueryParameterTests {
    @Test func formsAreDecoded() throws {
        let query = QueryParameters("q=a+b%2Bc&empty=&exploited=true&q=second&bad=%FF&flag")
        #expect(try query.text("q") == "a b+c")
        #expect(try query.text("empty") == nil)
        #expect(try query.flag("exploited"))
        #expect(try !query.flag("missing"))
        #expect(try query.text("bad") == nil)
        #expect(throws: APIError.self) { try query.flag("q") }
    }
}

struct SigningKeyRotationTests {
    private static let start = Date(timeIntervalSince1970: 1_790_000_000)

    private func withFile(_ test: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("keys-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try await test(folder.appendingPathComponent("signing.key").path)
    }

    private func tokens(_ path: String, at seconds: Double) -> AccessTokens {
        AccessTokens(
            keys: { (try? SigningKeyFile.loadKeys(path: path)) ?? SigningKeys(.init()) }, lifetime: .seconds(600),
            now: { Self.start.addingTimeInterval(seconds) })
    }

    private func tokens(of ring: SigningKeyRing) -> AccessTokens {
        AccessTokens(keys: { ring.keys }, lifetime: .seconds(600), now: { Self.start.addingTimeInterval(60) })
    }

    private let agent = AgentCredential(
        agentID: AgentID(), companyID: CompanyID(), companyName: "c", publicKey: Array(repeating: 1, count: 32))

    private func isAccepted(_ token: String, by tokens: AccessTokens) async -> Bool {
        (try? await tokens.verify(token, audience: AccessClaims.Audience.agents, scheme: "DPoP")) != nil
    }

    @Test func aNewKeyIsKnownBeforeItSignsAndTheOldOneUntilItsTokensHaveRunOut() async throws {
        try await withFile { path in
            _ = try SigningKeyFile.loadOrCreate(path: path)
            let gateway = tokens(path, at: 0)
            let first = try await gateway.sign(agent: agent).token
            let id = try SigningKeyFile.rotate(path: path, now: Self.start)
            #expect(gateway.keySet.keys.map(\.kid).contains(id), "published at once")
            let early = try await gateway.sign(agent: agent).token
            #expect(kid(early) == kid(first), "signs later")
            let later = tokens(path, at: 60)
            let second = try await later.sign(agent: agent).token
            #expect(kid(second) == id)
            for token in [first, early, second] { #expect(await isAccepted(token, by: later)) }
            // Tokens of the first key live until second 660.
            try SigningKeyFile.rotate(path: path, now: Self.start.addingTimeInterval(600))
            #expect(await isAccepted(early, by: tokens(path, at: 599)))
            #expect(later.keySet.keys.count == 3)
            try SigningKeyFile.rotate(path: path, now: Self.start.addingTimeInterval(661))
            #expect(later.keySet.keys.count == 3, "the first is gone")
            #expect(await !isAccepted(early, by: tokens(path, at: 0)))
            #expect(await isAccepted(second, by: tokens(path, at: 659)))
        }
    }

    @Test func allGatewaysOfAFileAcceptEachOthersTokensAndNoOthers() async throws {
        try await withFile { path in
            let ring = try SigningKeyRing(path: path, logger: .init(label: "test"))
            let other = try SigningKeyRing(path: path, logger: .init(label: "test"))
            let (here, there) = (tokens(of: ring), tokens(of: other))
            #expect(await isAccepted(try await here.sign(agent: agent).token, by: there))
            try SigningKeyFile.rotate(path: path, now: Self.start)
            try ring.reload()
            let token = try await here.sign(agent: agent).token
            #expect(await !isAccepted(token, by: there), "not looked at the file yet")
            try other.reload()
            #expect(await isAccepted(token, by: there))
            try Data("no key".utf8).write(to: URL(fileURLWithPath: path))
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
            #expect(throws: PrivateFileError.malformed(path: path, expected: "an Ed25519 private key in PEM")) {
                try other.reload()
            }
            #expect(await isAccepted(token, by: there), "the keys read last stand")
            let stranger = AccessTokens(
                keys: { SigningKeys(.init()) }, lifetime: .seconds(600), now: { Self.start })
            #expect(await !isAccepted(try await stranger.sign(agent: agent).token, by: there))
        }
    }

    @Test func theKeySetHoldsPublicHalvesOnly() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let reply = try await client.send(.get, "/.well-known/jwks.json")
            let key = reply.json["keys"][0]
            #expect(key["kty"].text == "OKP")
            #expect(key["crv"].text == "Ed25519")
            #expect(key["x"].text?.utf8.count == 43)
            #expect(key["d"].text == nil)
            let token = try await installation.token(installation.red.viewer)
            #expect(kid(token) == key["kid"].text)
        }
    }

    /// The id of the key that a token says it was signed with.
    private func kid(_ token: String) -> String? {
        let header = token.split(separator: ".").first.flatMap { Base64URL.decode($0) } ?? []
        return (try? JSONSerialization.jsonObject(with: Data(header)) as? [String: Any])?["kid"] as? String
    }
}
