import Foundation
import HTTPTypes
import HummingbirdTesting
import Testing

@testable import Gateway

struct DashboardTests {
    /// A dashboard of a few files, in a folder of its own, with a secret beside it.
    private func withDashboard(_ test: @Sendable (any TestClientProtocol) async throws -> Void) async throws {
        let root = FileManager.default.temporaryDirectory.appendingPathComponent("dash-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: root) }
        let dist = root.appendingPathComponent("dist")
        try FileManager.default.createDirectory(
            at: dist.appendingPathComponent("fonts"), withIntermediateDirectories: true)
        let files = [
            "dist/index.html": "<!doctype html>app", "dist/main-4F7XQ2LD.js": "plain script",
            "dist/main-4F7XQ2LD.js.gz": "zipped script", "dist/favicon.svg": "<svg/>",
            "dist/fonts/jbm-ABCDEFGH.woff2": "font", "dist/.hidden": "hidden", "secret.txt": "secret",
        ]
        for (name, text) in files { try Data(text.utf8).write(to: root.appendingPathComponent(name)) }
        try FileManager.default.createSymbolicLink(
            at: dist.appendingPathComponent("link.txt"), withDestinationURL: root.appendingPathComponent("secret.txt"))
        let installation = try await Installation { $0.dashboardDirectory = dist.path }
        try await installation.run(.router, test)
    }

    @Test func filesWithAContentHashNeverChangeAndThePageIsAskedAnew() async throws {
        try await withDashboard { client async throws in
            let script = try await client.send(.get, "/main-4F7XQ2LD.js")
            #expect(script.headers[.cacheControl] == "public, max-age=31536000, immutable")
            #expect(script.headers[.contentType] == "text/javascript; charset=utf-8")
            #expect(String(buffer: script.body) == "plain script")
            let page = try await client.send(.get, "/")
            #expect(page.headers[.cacheControl] == "no-cache")
            #expect(String(buffer: page.body) == "<!doctype html>app")
            #expect(try await client.send(.get, "/fonts/jbm-ABCDEFGH.woff2").headers[.contentType] == "font/woff2")
        }
    }

    @Test func packedFormsGoToThoseWhoTakeThem() async throws {
        try await withDashboard { client async throws in
            let packed = try await client.send(
                .get, "/main-4F7XQ2LD.js", headers: ["Accept-Encoding": "br;q=0, gzip, deflate"])
            #expect(packed.headers[.contentEncoding] == "gzip")
            #expect(String(buffer: packed.body) == "zipped script")
            let refused = try await client.send(.get, "/main-4F7XQ2LD.js", headers: ["Accept-Encoding": "gzip;q=0"])
            #expect(refused.headers[.contentEncoding] == nil)
            #expect(refused.headers[.vary] == "Accept-Encoding")
        }
    }

    @Test func whatTheBrowserHasIsNotSentAgain() async throws {
        try await withDashboard { client async throws in
            let first = try await client.send(.get, "/favicon.svg")
            let tag = try #require(first.headers[.eTag])
            for header in [tag, "W/\(tag)", "\"other\", \(tag)"] {
                let again = try await client.send(.get, "/favicon.svg", headers: ["If-None-Match": header])
                #expect(again.status == .notModified)
                #expect(again.body.readableBytes == 0)
            }
            #expect(try await client.send(.get, "/favicon.svg", headers: ["If-None-Match": "\"x\""]).status == .ok)
        }
    }

    @Test(arguments: ["/agents", "/agents/0b5e/findings", "/vulnerabilities/CVE-2023-0464", "/agents/"])
    func routesOfTheApplicationGetItsPage(_ path: String) async throws {
        try await withDashboard { client async throws in
            let reply = try await client.send(.get, path)
            #expect(reply.status == .ok)
            #expect(String(buffer: reply.body) == "<!doctype html>app")
        }
    }

    @Test(arguments: [
        "/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/fonts/../../secret.txt", "/link.txt", "/.hidden",
        "//secret.txt", "/missing.js", "/main-4F7XQ2LD.js%00.html", "/v1/unknown",
    ])
    func nothingElseIsServed(_ path: String) async throws {
        try await withDashboard { client async throws in
            let reply = try await client.send(.get, path)
            #expect(reply.refusal == "404 not_found")
            #expect(!String(buffer: reply.body).contains("secret"))
        }
    }

    @Test func headIsGetWithoutABody() async throws {
        try await withDashboard { client async throws in
            let reply = try await client.send(.head, "/")
            #expect(reply.status == .ok)
            #expect(reply.headers[.contentLength] == "18")
            #expect(reply.body.readableBytes == 0)
        }
    }

    @Test func withoutADashboardThereIsAPageThatSaysSo() async throws {
        try await Installation { $0.dashboardDirectory = "/nonexistent" }.run { client async throws in
            let reply = try await client.send(.get, "/")
            #expect(reply.headers[.contentType] == "text/html; charset=utf-8")
            #expect(String(buffer: reply.body).contains("dashboard is not installed"))
        }
    }

    @Test(arguments: [
        ("/main-4F7XQ2LD.js", true), ("/chunk-ABCDEFG2.js.map", true), ("/index.html", false),
        ("/main-4f7xq2ld.js", false), ("/a-b/main.js", false), ("/main-4F7XQ2LD", false), ("/main-4F7XQ2L.js", false),
    ])
    func contentHashesAreTold(_ path: String, _ expected: Bool) {
        #expect(AssetType.hasContentHash(path) == expected)
    }
}
