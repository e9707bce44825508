import AsyncHTTPClient
import Crypto
import FoundationEssentials
import NIOCore
import NIOHTTP1
import Wire

/// Speaks the agent protocol over HTTP: proofs, tokens, and the server's clock.
package actor GatewayClient {
    private let server: String
    private let http: HTTPClient
    private var key: Curve25519.Signing.PrivateKey
    private let now: @Sendable () -> Int64
    private var token: Token?
    /// Server time minus own time in seconds, as far as the server complained.
    private var clockOffset: Int64 = 0
    /// Digest of the last whole heartbeat, when it was answered "in sync": the next may say that nothing changed.
    private var inSync: String?
    /// Short heartbeats in a row that the server did not understand.
    private var misses = 0

    private struct Token {
        let value: String
        let expiresAt: Int64
        /// Signs requests; `nil` when the server takes proofs alone.
        let proofKey: [UInt8]?

        /// `nil` when there was no key.
        var withoutKey: Token? { proofKey.map { _ in Token(value: value, expiresAt: expiresAt, proofKey: nil) } }
    }

    /// After as many misses the server is one of several that take turns, or one of before: from then on each heartbeat is a whole one.
    static let missLimit = 3
    /// Bytes of an answer that are read.
    static let replyLimit = 1 << 20
    static let timeout = TimeAmount.seconds(30)
    /// A token is renewed this many seconds before it runs out.
    static let renewalMargin: Int64 = 30
    /// Seconds that a token is taken to live at most, whatever the server says.
    static let longestTokenLife = 86_400
    /// Times that a server may say it is, in Unix seconds: up to the end of the year 9999.
    static let believableTimes: ClosedRange<Int64> = 0...253_402_300_799

    package init(
        server: String, http: HTTPClient, key: Curve25519.Signing.PrivateKey, now: @escaping @Sendable () -> Int64
    ) {
        self.server = server
        self.http = http
        self.key = key
        self.now = now
    }

    /// Joins the company that made the token.
    package func enroll(_ request: EnrollRequest) async throws(AgentError) -> EnrollReply {
        try await retryingClock { () async throws(AgentError) in
            try await self.send(.POST, AgentProtocol.enrollPath, json: request, token: nil)
        }
    }

    /// Says what the agent has, and hears what to do. What is as it was in the heartbeat before is not said again, unless the server forgot it.
    package func heartbeat(_ request: HeartbeatRequest, agentID: String) async throws(AgentError) -> HeartbeatReply {
        let whole = try encoded(request)
        let digest = RequestSignature.contentDigest(of: whole)
        // Whom the server knows by a proof alone, it does not remember.
        if digest == inSync, misses < Self.missLimit, token?.proofKey != nil {
            do {
                let reply = try await heartbeat(UnchangedHeartbeat.body(unchanged: digest), agentID)
                misses = 0
                return reply
            } catch {
                guard case .refused(let status, _, _) = error, status == 400 || error.isRefusal(.baseUnknown) else {
                    throw error
                }
                misses = status == 400 ? Self.missLimit : misses + 1
            }
        }
        let reply = try await heartbeat(whole, agentID)
        inSync = reply.action == .inSync && reply.runningWanted != true ? digest : nil
        return reply
    }

    private func heartbeat(_ body: [UInt8], _ agentID: String) async throws(AgentError) -> HeartbeatReply {
        try await authenticated(agentID: agentID) { (token) async throws(AgentError) in
            try await self.send(.POST, AgentProtocol.heartbeatPath, body: body, token: token, headers: Self.jsonHeaders)
        }
    }

    /// Sends an inventory or a delta, both gzip-compressed.
    package func putInventory(_ body: [UInt8], mediaType: String, agentID: String) async throws(AgentError)
        -> InventoryReply
    {
        try await authenticated(agentID: agentID) { (token) async throws(AgentError) in
            try await self.send(
                .PUT, AgentProtocol.inventoryPath, body: body, token: token,
                headers: [("Content-Type", mediaType), ("Content-Encoding", "gzip")])
        }
    }

    /// Has the server take another key in place of the one that signs. From then on that one signs.
    ///
    /// A reply may have been lost before: who is not known by the old key tries whether it is by the new one.
    package func replaceKey(with next: Curve25519.Signing.PrivateKey, agentID: String) async throws(AgentError) {
        do {
            let _: KeyReply = try await authenticated(agentID: agentID) { (token) async throws(AgentError) in
                let proof = try self.proof(.PUT, AgentProtocol.keyPath, token: token.value, key: next)
                // By the key itself, not by the one that comes with the token.
                return try await self.send(
                    .PUT, AgentProtocol.keyPath, json: KeyRequest(proof: proof), token: token.withoutKey ?? token)
            }
        } catch {
            guard error.isRefusal(.unknownAgent) else { throw error }
            let before = key
            (key, token) = (next, nil)
            do { _ = try await accessToken(agentID: agentID) } catch {
                (key, token) = (before, nil)
                throw error
            }
            return
        }
        (key, token) = (next, nil)
    }

    /// Gets a token when there is none, and once more when the server refuses the one there is.
    private func authenticated<Reply>(
        agentID: String, _ request: (Token) async throws(AgentError) -> Reply
    ) async throws(AgentError) -> Reply {
        do {
            return try await request(accessToken(agentID: agentID))
        } catch {
            guard case .refused(401, let code, _) = error, !error.isRefusal(.unknownAgent) else { throw error }
            // A server of before, among several, that knows no signatures asks for a proof; with this token it gets proofs from now on.
            token = code == "invalid_proof" ? token?.withoutKey : nil
            return try await request(accessToken(agentID: agentID))
        }
    }

    private func accessToken(agentID: String) async throws(AgentError) -> Token {
        if let token, token.expiresAt - Self.renewalMargin > now() { return token }
        let reply: TokenReply = try await retryingClock { () async throws(AgentError) in
            try await self.send(.POST, AgentProtocol.tokenPath, json: TokenRequest(agentID: agentID), token: nil)
        }
        let key = reply.proofKey.flatMap { Base64URL.decode($0) }
        let token = Token(
            value: reply.accessToken, expiresAt: now() + Int64(min(max(reply.expiresIn, 0), Self.longestTokenLife)),
            proofKey: key?.count == RequestSignature.keyLength ? key : nil)
        self.token = token
        return token
    }

    /// A server that finds the agent's clock wrong says its own time; the second try is made with that.
    private func retryingClock<Reply>(
        _ request: () async throws(AgentError) -> Reply
    ) async throws(AgentError) -> Reply {
        let before = clockOffset
        do {
            return try await request()
        } catch {
            guard error.isRefusal(.clockSkew), clockOffset != before else { throw error }
            return try await request()
        }
    }

    private func send<Reply: Decodable>(
        _ method: HTTPMethod, _ path: String, json: some Encodable, token: Token?
    ) async throws(AgentError) -> Reply {
        try await send(method, path, body: try encoded(json), token: token, headers: Self.jsonHeaders)
    }

    private static let jsonHeaders = [("Content-Type", "application/json")]

    /// The same bytes for the same value, by which the server knows that nothing changed.
    private func encoded(_ value: some Encodable) throws(AgentError) -> [UInt8] {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else { throw .unexpectedAnswer("request cannot be encoded") }
        return Array(data)
    }

    private func send<Reply: Decodable>(
        _ method: HTTPMethod, _ path: String, body: [UInt8], token: Token?, headers: [(String, String)]
    ) async throws(AgentError) -> Reply {
        var request = HTTPClientRequest(url: server + path)
        request.method = method
        request.headers = HTTPHeaders(headers)
        request.headers.add(name: "User-Agent", value: "zerotrace-agent/\(agentVersion)")
        for (name, value) in try evidence(method, path, body, token: token) {
            request.headers.add(name: name, value: value)
        }
        request.body = .bytes(ByteBuffer(bytes: body))
        let status: UInt
        let bytes: [UInt8]
        do {
            let response = try await http.execute(request, timeout: Self.timeout)
            status = response.status.code
            bytes = Array(try await response.body.collect(upTo: Self.replyLimit).readableBytesView)
        } catch {
            throw .unreachable("\(error)")
        }
        return try read(bytes, status: status)
    }

    /// The token, and what shows that it is this agent's: a signature where the server takes one, else a proof.
    private func evidence(
        _ method: HTTPMethod, _ path: String, _ body: [UInt8], token: Token?
    ) throws(AgentError) -> [(String, String)] {
        guard let token else { return [(AgentProtocol.proofHeader, try proof(method, path, token: nil, key: key))] }
        let authorization = "\(AgentProtocol.tokenType) \(token.value)"
        guard let proofKey = token.proofKey else {
            return [
                ("Authorization", authorization),
                (AgentProtocol.proofHeader, try proof(method, path, token: token.value, key: key)),
            ]
        }
        let fields = RequestSignature.sign(
            method: method.rawValue, path: path, authorization: authorization, body: body, key: proofKey,
            now: now() + clockOffset)
        return [
            ("Authorization", authorization), (AgentProtocol.signatureInputHeader, fields.input),
            (AgentProtocol.signatureHeader, fields.signature),
            (AgentProtocol.contentDigestHeader, fields.contentDigest),
        ]
    }

    private func proof(
        _ method: HTTPMethod, _ path: String, token: String?, key: Curve25519.Signing.PrivateKey
    ) throws(AgentError) -> String {
        do {
            return try PossessionProof.sign(
                method: method.rawValue, path: path, accessToken: token, key: key, now: now() + clockOffset)
        } catch {
            throw .unexpectedAnswer("request cannot be signed")
        }
    }

    private func read<Reply: Decodable>(_ bytes: [UInt8], status: UInt) throws(AgentError) -> Reply {
        if (200..<300).contains(status) {
            guard let reply = try? JSONDecoder().decode(Reply.self, from: Data(bytes)) else {
                throw .unexpectedAnswer("status \(status) with a body that is no \(Reply.self)")
            }
            return reply
        }
        guard let reply = try? JSONDecoder().decode(ErrorReply.self, from: Data(bytes)) else {
            throw .refused(status: Int(status), code: "none", message: "no explanation")
        }
        if reply.error.code == AgentErrorCode.clockSkew.rawValue, let serverTime = reply.serverTime,
            Self.believableTimes.contains(serverTime)
        {
            clockOffset = serverTime - now()
        }
        throw .refused(status: Int(status), code: reply.error.code, message: reply.error.message)
    }
}
