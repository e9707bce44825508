import Foundation
import HummingbirdTesting
import Testing

@testable import Gateway

/// Requests for an upgrade that is not to be had are answered like any other, byte by byte on a real connection.
struct HandshakeTests {
    private static let handshake =
        "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let request: String
        /// Status lines of all replies until the gateway closes the connection.
        let statuses: [String]
    }

    static let cases = [
        Case(
            testDescription: "another protocol",
            request: "GET /-/healthy HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
            statuses: ["200 OK"]),
        Case(
            testDescription: "a stream on a connection that was used before",
            request: "GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n"
                + "GET /v1/stream HTTP/1.1\r\nHost: x\r\n\(handshake)Sec-WebSocket-Version: 13\r\n\r\n",
            statuses: ["200 OK", "426 Upgrade Required"]),
        Case(
            testDescription: "an old version of the protocol",
            request: "GET /v1/stream HTTP/1.1\r\nHost: x\r\n\(handshake)Sec-WebSocket-Version: 8\r\n\r\n",
            statuses: ["426 Upgrade Required"]),
        Case(
            testDescription: "from another site",
            request: "GET /v1/stream HTTP/1.1\r\nHost: x\r\nOrigin: https://evil.example\r\n\(handshake)"
                + "Sec-WebSocket-Version: 13\r\n\r\n",
            statuses: ["403 Forbidden"]),
        Case(
            testDescription: "at another path",
            request: "GET /v1/me HTTP/1.1\r\nHost: x\r\n\(handshake)Sec-WebSocket-Version: 13\r\n\r\n",
            statuses: ["401 Unauthorized"]),
        Case(
            testDescription: "a handshake with a body",
            request: "GET /v1/stream HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\n\(handshake)"
                + "Sec-WebSocket-Version: 13\r\n\r\nx",
            statuses: ["426 Upgrade Required"]),
        Case(testDescription: "no HTTP", request: "NONSENSE\r\n\r\n", statuses: ["400 Bad Request"]),
        Case(
            testDescription: "a stream, and nonsense behind the handshake",
            request: "GET /v1/stream HTTP/1.1\r\nHost: x\r\n\(handshake)Sec-WebSocket-Version: 13\r\n\r\nNONSENSE",
            statuses: ["101 Switching Protocols"]),
    ]

    @Test(arguments: cases) func isAnswered(_ example: Case) async throws {
        let installation = try await Installation()
        try await installation.run(.live) { client async throws in
            let port = try #require(client.port)
            let reply = try await RawConnection.exchange(example.request, port: port)
            let statuses = reply.split(separator: "HTTP/1.1 ").dropFirst(reply.hasPrefix("HTTP/1.1 ") ? 0 : 1)
                .map { $0.prefix { $0 != "\r\n" }.description }
            #expect(statuses == example.statuses)
        }
    }
}
