import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import NIOCore
import Stores
import Wire

@testable import Gateway

/// A JSON document of a reply, to look into.
struct Document {
    let value: Any?

    init(_ buffer: ByteBuffer) {
        value = try? JSONSerialization.jsonObject(with: Data(buffer.readableBytesView), options: [.fragmentsAllowed])
    }

    private init(value: Any?) { self.value = value }

    subscript(_ name: String) -> Document { Document(value: (value as? [String: Any])?[name]) }
    subscript(_ index: Int) -> Document {
        let list = value as? [Any] ?? []
        return Document(value: list.indices.contains(index) ? list[index] : nil)
    }
    var text: String? { value as? String }
    var int: Int? { (value as? NSNumber)?.intValue }
    var count: Int? { (value as? [Any])?.count }
    var texts: [String] { value as? [String] ?? [] }
    var isNull: Bool { value is NSNull }
}

extension TestResponse {
    var json: Document { Document(body) }
    /// "401 token_expired"
    var refusal: String { "\(status.code) \(json["error"]["code"].text ?? "-")" }
    var cookie: String? {
        headers[.setCookie]?.split(separator: ";").first?.split(separator: "=", maxSplits: 1).dropFirst().first
            .map(String.init)
    }
}

extension TestClientProtocol {
    func send(
        _ method: HTTPRequest.Method, _ path: String, token: String? = nil, json: String? = nil,
        headers: [String: String] = [:]
    ) async throws -> TestResponse {
        var fields = HTTPFields()
        if let token { fields[.authorization] = "Bearer \(token)" }
        if json != nil { fields[.contentType] = "application/json" }
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return try await execute(
            uri: path, method: method, headers: fields, body: json.map { ByteBuffer(string: $0) }
        ) { $0 }
    }

    func signIn(_ user: User, password: String = Installation.password) async throws -> TestResponse {
        try await send(.post, "/v1/auth/login", json: #"{"email":"\#(user.email)","password":"\#(password)"}"#)
    }

    func refresh(_ cookie: String?, headers: [String: String] = [:]) async throws -> TestResponse {
        let cookies = cookie.map { ["Cookie": "zt_refresh=\($0)"] } ?? [:]
        return try await send(.post, "/v1/auth/refresh", headers: cookies.merging(headers) { $1 })
    }
}

/// An agent as the gateway sees one.
struct TestAgent: Sendable {
    let key: Curve25519.Signing.PrivateKey
    let clock: WallClock

    func proof(_ method: String, _ path: String, token: String? = nil, skew: Int64 = 0) throws -> String {
        try PossessionProof.sign(
            method: method, path: path, accessToken: token, key: key,
            now: Int64(clock.now.timeIntervalSince1970) + skew)
    }

    func send(
        _ client: any TestClientProtocol, _ method: HTTPRequest.Method, _ path: String, token: String? = nil,
        body: [UInt8], headers: [String: String] = [:], proof: String? = nil
    ) async throws -> TestResponse {
        var fields: HTTPFields = [.contentType: "application/json"]
        if let token { fields[.authorization] = "DPoP \(token)" }
        if let name = HTTPField.Name("DPoP") {
            fields[name] = try proof ?? self.proof(method.rawValue, path, token: token)
        }
        for (name, value) in headers { if let name = HTTPField.Name(name) { fields[name] = value } }
        return try await client.execute(uri: path, method: method, headers: fields, body: ByteBuffer(bytes: body)) {
            $0
        }
    }

    func token(_ client: any TestClientProtocol, _ id: AgentID) async throws -> String {
        let reply = try await send(
            client, .post, AgentProtocol.tokenPath, body: Array(#"{"agent_id":"\#(id)"}"#.utf8))
        guard let token = reply.json["access_token"].text else { throw Unexpected(what: reply.refusal) }
        return token
    }

    static let facts =
        #"{"hostname":"db","architecture":"x86_64","agent_version":"1","dropped_reports":0,"warnings":[]}"#

    func heartbeat(_ digest: String?) -> [UInt8] {
        Array(#"{"digest":\#(digest.map { "\"\($0)\"" } ?? "null"),"facts":\#(Self.facts)}"#.utf8)
    }
}
