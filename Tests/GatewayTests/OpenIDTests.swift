import AsyncHTTPClient
import Foundation
import HTTPTypes
import HummingbirdTesting
import NIOCore
@_spi(Minting) import Stores
import Testing

@testable import Gateway

/// A real OpenID provider in a process of its own: `oidc-provider-mock` of PyPI, on the path or beside `$ZEROTRACE_PYTHON`.
private final class LocalProvider: Sendable {
    static let program: String? = {
        let environment = ProcessInfo.processInfo.environment
        let python = environment["ZEROTRACE_PYTHON"].map { ($0 as NSString).deletingLastPathComponent }
        let path = (environment["PATH"] ?? "").split(separator: ":").map(String.init)
        return ([python].compactMap(\.self) + path).map { $0 + "/oidc-provider-mock" }
            .first { FileManager.default.isExecutableFile(atPath: $0) }
    }()

    static let http = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))

    let issuer: String
    private let process: Process

    private init(issuer: String, process: Process) {
        self.issuer = issuer
        self.process = process
    }

    /// - Parameter people: Claims in JSON; `sub` is the name to sign in with.
    static func start(people: [String]) async throws -> LocalProvider {
        // It cannot choose a free port itself; below those that systems give out.
        for _ in 1...10 {
            let port = Int.random(in: 20_000..<32_000)
            let process = Process()
            process.executableURL = URL(fileURLWithPath: program ?? "")
            process.arguments = ["--port", "\(port)"] + people.flatMap { ["--user-claims", $0] }
            process.standardOutput = FileHandle.nullDevice
            process.standardError = FileHandle.nullDevice
            try process.run()
            let provider = LocalProvider(issuer: "http://127.0.0.1:\(port)", process: process)
            while process.isRunning {
                let request = HTTPClientRequest(url: provider.issuer + "/jwks")
                if let reply = try? await http.execute(request, timeout: .seconds(5)), reply.status == .ok {
                    return provider
                }
                try await Task.sleep(for: .milliseconds(50))
            }
        }
        throw Unexpected(what: "the provider does not start")
    }

    /// Not asked politely, and not waited for: it would first wait for its clients to hang up.
    deinit { kill(process.processIdentifier, SIGKILL) }

    /// Signs in as the person, as a browser would that was sent there, and answers where it is sent back to.
    func signIn(at url: String, as person: String) async throws -> String {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        request.body = .bytes(ByteBuffer(string: "sub=\(person)"))
        let reply = try await Self.http.execute(request, timeout: .seconds(20))
        guard let location = reply.headers.first(name: "location") else { throw Unexpected(what: "\(reply.status)") }
        return location
    }
}

@Suite(
    "Signing in with an OpenID provider", .enabled(if: LocalProvider.program != nil, "oidc-provider-mock is missing"))
struct OpenIDTests {
    private static let callback = "http://127.0.0.1/v1/auth/oidc/sso/callback"

    private static let people = [
        #"{"sub":"owner","email":"Owner@red.example","email_verified":true}"#,
        #"{"sub":"unverified","email":"owner@red.example","email_verified":false}"#,
        #"{"sub":"blue","email":"owner@blue.example","email_verified":true}"#,
        #"{"sub":"staff","email":"new@red.example","email_verified":true,"groups":["staff","audit"]}"#,
        #"{"sub":"stranger","email":"x@elsewhere.example","email_verified":true,"groups":["guests"]}"#,
        #"{"sub":"nobody"}"#,
    ]

    private func installation(
        _ provider: LocalProvider, _ change: (inout IdentityProvider) -> Void = { _ in }
    ) async throws -> Installation {
        var sso = IdentityProvider(
            name: "sso", issuer: provider.issuer, clientID: "zerotrace", clientSecret: "secret & more",
            redirectURL: Self.callback, company: "red",
            rules: [.init(claim: "groups", value: "audit", role: .auditor)])
        change(&sso)
        let installation = try await Installation { $0.identityProviders = [sso] }
        installation.clock.advance(seconds: Date().timeIntervalSince(installation.clock.now))
        return installation
    }

    /// From the dashboard to the provider and back. Answers the last reply.
    private func signIn(
        _ client: any TestClientProtocol, _ provider: LocalProvider, as person: String,
        change: (String) -> String = { $0 }
    ) async throws -> TestResponse {
        let start = try await client.send(.get, "/v1/auth/oidc/sso/start")
        guard let url = start.headers[.location], let ticket = start.cookie else {
            throw Unexpected(what: start.refusal)
        }
        let back = try await provider.signIn(at: url, as: person)
        let query = back.split(separator: "?").last.map(String.init) ?? ""
        return try await client.send(
            .get, "/v1/auth/oidc/sso/callback?" + change(query), headers: ["Cookie": "zt_oidc=\(ticket)"])
    }

    @Test func peopleOfTheCompanyAreAdmittedByTheirVerifiedEMailAndByRules() async throws {
        let provider = try await LocalProvider.start(people: Self.people)
        let installation = try await installation(provider)
        try await installation.run { client async throws in
            let reply = try await signIn(client, provider, as: "owner")
            #expect(reply.status == .found, "\(reply.refusal)")
            #expect(reply.headers[.location] == "/")
            let session = try await client.refresh(reply.cookie)
            #expect(session.json["user"]["id"].text == installation.red.owner.id.description)
            for person in ["unverified", "blue", "stranger", "nobody"] {
                let reply = try await signIn(client, provider, as: person)
                #expect(reply.refusal == "403 sign_in_refused", "\(person)")
                #expect(reply.cookie == nil)
            }
            for _ in 1...2 {
                let reply = try await signIn(client, provider, as: "staff")
                let session = try await client.refresh(reply.cookie)
                #expect(session.json["user"]["email"].text == "new@red.example")
                #expect(session.json["user"]["role"].text == "auditor")
                #expect(session.json["company"]["name"].text == "red")
            }
            let users = try await installation.store.fetchUsers(scope: installation.red.scope)
            #expect(users.count == 3, "made once")
            let password = try await client.send(
                .post, "/v1/auth/login", json: #"{"email":"new@red.example","password":""}"#)
            #expect(password.refusal == "401 invalid_credentials", "has no password")
            let log = try await installation.store.fetchAudit(
                scope: installation.red.scope, query: AuditQuery(), page: PageRequest())
            #expect(log.items.contains { $0.action == "session.begun" && $0.context.actor.name == "new@red.example" })
        }
    }

    @Test func whatWasNotBegunInThisBrowserIsRefused() async throws {
        let provider = try await LocalProvider.start(people: Self.people)
        let installation = try await installation(provider)
        try await installation.run { client async throws in
            let start = try await client.send(.get, "/v1/auth/oidc/sso/start")
            let url = try #require(start.headers[.location])
            let back = try await provider.signIn(at: url, as: "owner")
            let query = try #require(back.split(separator: "?").last.map(String.init))
            let other = try #require(try await client.send(.get, "/v1/auth/oidc/sso/start").cookie)
            for cookie in ["", "zt_oidc=\(other)", "zt_oidc=AAAA", "zt_oidc=\(start.cookie ?? "")x"] {
                let reply = try await client.send(
                    .get, "/v1/auth/oidc/sso/callback?\(query)", headers: ["Cookie": cookie])
                #expect(reply.refusal == "400 invalid_request", "\(cookie.prefix(16))")
            }
            // Another sign-in's code in the own one: its nonce is another.
            let swapped = try await signIn(client, provider, as: "owner") { own in
                let state = own.split(separator: "&").first { $0.hasPrefix("state=") } ?? ""
                let code = query.split(separator: "&").first { $0.hasPrefix("code=") } ?? ""
                return "\(state)&\(code)"
            }
            #expect(swapped.refusal == "403 sign_in_refused")
            let denied = try await signIn(client, provider, as: "owner") { own in
                (own.split(separator: "&").first { $0.hasPrefix("state=") } ?? "") + "&error=access_denied"
            }
            #expect(denied.refusal == "403 sign_in_refused")
            installation.clock.advance(seconds: 601)
            let late = try await client.send(
                .get, "/v1/auth/oidc/sso/callback?\(query)", headers: ["Cookie": "zt_oidc=\(start.cookie ?? "")"])
            #expect(late.refusal == "400 invalid_request")
        }
    }

    @Test func tokensThatHaveRunOutAndProvidersThatAreAwayAreRefused() async throws {
        let provider = try await LocalProvider.start(people: Self.people)
        let away = try await installation(provider) { $0.issuer = "http://127.0.0.1:1" }
        try await away.run { client async throws in
            #expect(try await client.send(.get, "/v1/auth/oidc/sso/start").refusal == "503 unavailable")
            #expect(try await client.send(.get, "/v1/auth/oidc/other/start").refusal == "404 not_found")
            #expect(try await client.send(.get, "/v1/auth/oidc").json["items"][0]["name"].text == "sso")
        }
        let stale = try await installation(provider)
        try await stale.run { client async throws in
            stale.clock.advance(seconds: 4_000)
            #expect(
                try await signIn(client, provider, as: "owner").refusal == "403 sign_in_refused", "token has run out")
        }
    }
}

struct OpenIDPartTests {
    /// - Source: RFC 7636 appendix B.
    @Test func theChallengeIsThatOfTheVerifier() throws {
        let json =
            #"{"provider":"p","state":"s","nonce":"n","verifier":"dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk","expiresAt":1}"#
        let ticket = try JSONDecoder().decode(SignInTicket.self, from: Data(json.utf8))
        #expect(ticket.challenge == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM")
    }

    @Test(arguments: [
        ("http://login.example.com", "https://zt.example.com/v1/auth/oidc/sso/callback", Role.viewer),
        ("https://login.example.com/", "https://zt.example.com/v1/auth/oidc/sso/callback", .viewer),
        ("https://login.example.com", "https://zt.example.com/callback", .viewer),
        ("https://login.example.com", "http://zt.example.com/v1/auth/oidc/sso/callback", .viewer),
        ("https://login.example.com", "https://zt.example.com/v1/auth/oidc/sso/callback", .owner),
    ])
    func settingsThatWouldBeUnsafeAreRefusedAtStart(_ issuer: String, _ redirect: String, _ role: Role) async throws {
        let installation = try await Installation {
            $0.identityProviders = [
                IdentityProvider(
                    name: "sso", issuer: issuer, clientID: "c", redirectURL: redirect, company: "red",
                    rules: [.init(claim: "groups", value: "x", role: role)])
            ]
        }
        await #expect(throws: GatewayError.self) { _ = try await installation.application() }
    }
}

struct IdentityProviderFileTests {
    private func read(_ text: String) throws -> [IdentityProvider] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("sso-\(UUID().uuidString).json")
        try Data(text.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        return try IdentityProvider.read(path: file.path)
    }

    @Test func aFileNamesProviders() throws {
        let text = #"""
            [{"name":"sso","issuer":"https://login.example.com","client_id":"zerotrace","client_secret":"s",
              "redirect_url":"https://zt.example.com/v1/auth/oidc/sso/callback","company":"Example",
              "rules":[{"claim":"groups","value":"security","role":"analyst"}]}]
            """#
        let provider = try #require(try read(text).first)
        #expect(provider.fault == nil)
        #expect(provider.clientSecret == "s")
        #expect(provider.rules.first?.role == .analyst)
    }

    @Test func whatIsWrongIsNamedAndNothingOfItIsShown() throws {
        do {
            _ = try read(#"[{"name":"sso","client_secret":"hunter2"}]"#)
            Issue.record("was read")
        } catch let error as GatewayError {
            #expect("\(error)".contains("issuer: missing"), "\(error)")
            #expect(!"\(error)".contains("hunter2"))
        }
        #expect(throws: GatewayError.self) { try IdentityProvider.read(path: "/nonexistent") }
    }
}
