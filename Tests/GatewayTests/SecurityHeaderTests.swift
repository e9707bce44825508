import Foundation
import HTTPTypes
import HummingbirdTesting
import Logging
import Testing

@testable import Gateway

/// What a scan of headers looks for, on every reply that the gateway gives: each route by each caller, files, refusals.
struct SecurityHeaderTests {
    /// What is wrong with the headers of a reply.
    private static func faults(in reply: TestResponse, isTLS: Bool) -> [String] {
        func value(_ name: String) -> String? { HTTPField.Name(name).flatMap { reply.headers[$0] } }
        let expected: [(String, String?)] = [
            ("Content-Security-Policy", SecurityHeaders.contentSecurityPolicy),
            ("X-Content-Type-Options", "nosniff"),
            ("X-Frame-Options", "DENY"),
            ("Referrer-Policy", "no-referrer"),
            ("Permissions-Policy", "camera=(), geolocation=(), microphone=(), payment=(), usb=()"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Strict-Transport-Security", isTLS ? "max-age=31536000" : nil),
            // Nothing tells which program this is.
            ("Server", nil), ("X-Powered-By", nil),
        ]
        var faults = expected.filter { value($0) != $1 }.map { "\($0.0): \(value($0.0) ?? "missing")" }
        if value("X-Request-Id")?.isEmpty != false { faults.append("X-Request-Id: missing") }
        if reply.body.readableBytes > 0, value("Content-Type") == nil { faults.append("Content-Type: missing") }
        return faults
    }

    @Test(arguments: [true, false]) func everyRouteForEveryCaller(_ isTLS: Bool) async throws {
        let installation = try await Installation { $0.isServedOverTLS = isTLS }
        let parts = try await GatewayParts(
            configuration: installation.configuration, services: installation.services, logger: Logger(label: "test"))
        let routes = parts.responder.table.routes
        #expect(routes.count > 60)
        try await installation.run { client async throws in
            for route in routes {
                // Ids that fit, so that handlers get as far as they can; the answer may be anything.
                let path = route.path.replacing("{id}", with: installation.red.agentID.description)
                    .replacing("{session}", with: UUID().uuidString).replacing("{provider}", with: "none")
                // A token of its own for each, since some end the session that calls.
                for token in [nil, try await installation.token(installation.red.owner)] {
                    for method in [route.method, .trace] {
                        let reply = try await client.send(method, path, token: token)
                        let name: Comment = "\(method.rawValue) \(route.path) \(reply.status)"
                        #expect(Self.faults(in: reply, isTLS: isTLS) == [], name)
                        // The keys of tokens are public, and asked for by whoever checks one.
                        let isKeySet = path == "/.well-known/jwks.json" && reply.status == .ok
                        #expect(reply.headers[.cacheControl] == (isKeySet ? "public, max-age=30" : "no-store"), name)
                        #expect(reply.status.code < 500 || reply.status == .serviceUnavailable, name)
                    }
                }
            }
        }
    }

    @Test(arguments: [true, false]) func theDashboardAndWhatIsNotThere(_ isTLS: Bool) async throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("dash-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for name in ["index.html", "main-4F7XQ2LD.js"] {
            try Data("x".utf8).write(to: folder.appendingPathComponent(name))
        }
        let installation = try await Installation {
            $0.dashboardDirectory = folder.path
            $0.isServedOverTLS = isTLS
        }
        try await installation.run { client async throws in
            for (path, caching) in [
                ("/", "no-cache"), ("/agents", "no-cache"),
                ("/main-4F7XQ2LD.js", "public, max-age=31536000, immutable"),
                ("/missing.js", "no-store"), ("/v1/unknown", "no-store"),
            ] {
                let reply = try await client.send(.get, path)
                #expect(Self.faults(in: reply, isTLS: isTLS) == [], "\(path)")
                #expect(reply.headers[.cacheControl] == caching, "\(path)")
            }
            let tag = try #require(try await client.send(.get, "/").headers[.eTag])
            let unchanged = try await client.send(.get, "/", headers: ["If-None-Match": tag])
            #expect(unchanged.status == .notModified)
            #expect(Self.faults(in: unchanged, isTLS: isTLS) == [])
        }
    }

    /// Nothing inline, nothing evaluated, nothing from elsewhere, framed by nobody.
    @Test func thePolicyOfThePageIsStrict() {
        let policy = SecurityHeaders.contentSecurityPolicy
        #expect(policy.hasPrefix("default-src 'none';"))
        for directive in ["frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'", "script-src 'self';"] {
            #expect(policy.contains(directive))
        }
        for word in ["unsafe-", "*", "http:", "https:", "blob:"] { #expect(!policy.contains(word)) }
    }
}
