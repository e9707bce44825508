import AsyncHTTPClient
import Foundation
import JWTKit
import NIOCore
import NIOHTTP1
import Synchronization
import Wire

/// Why somebody could not sign in with a provider.
package enum OpenIDError: Error, Sendable, Equatable {
    /// The provider did not answer, or not as it must; the text says what was asked and never what came.
    case provider(String)
    /// The ID token does not fit; the text says what of it.
    case token(String)
}

/// Speaks to one OpenID provider: what it is, its keys, and the exchange of a code for an ID token.
///
/// - Source: OpenID Connect Core 1.0 section 3.1, OpenID Connect Discovery 1.0 section 4, RFC 7636.
package final class OpenIDClient: Sendable {
    package let provider: IdentityProvider
    private let now: @Sendable () -> Date
    private let state = Mutex(State())

    private struct State {
        var metadata: (value: Metadata, at: Date)?
        var keys: (value: JWTKeyCollection, ids: Set<String>, at: Date)?
    }

    /// Follows no redirects: where to ask was checked, where one would lead was not.
    private static let http = HTTPClient(
        eventLoopGroupProvider: .singleton, configuration: .init(redirectConfiguration: .disallow))
    /// Longest answer of a provider that is read, in bytes.
    private static let answerLimit = 256 << 10
    private static let timeout = TimeAmount.seconds(10)
    /// How old what was discovered may be, and how soon keys are asked for again when a token names an unknown one, in seconds.
    private static let (metadataLifetime, keyPause): (TimeInterval, TimeInterval) = (3600, 60)
    /// Seconds by which the provider's clock may be off.
    private static let clockTolerance: Double = 60

    package init(provider: IdentityProvider, now: @escaping @Sendable () -> Date) {
        self.provider = provider
        self.now = now
    }

    private struct Metadata: Decodable {
        let issuer: String
        let authorizationEndpoint: String
        let tokenEndpoint: String
        let keyAddress: String

        private enum CodingKeys: String, CodingKey {
            case issuer
            case authorizationEndpoint = "authorization_endpoint"
            case tokenEndpoint = "token_endpoint"
            case keyAddress = "jwks_uri"
        }
    }

    /// Where a browser is sent to sign in.
    package func authorizationURL(state: String, nonce: String, challenge: String) async throws -> String {
        let metadata = try await metadata()
        guard var url = URLComponents(string: metadata.authorizationEndpoint) else {
            throw OpenIDError.provider("authorization endpoint")
        }
        url.queryItems =
            (url.queryItems ?? []) + [
                URLQueryItem(name: "response_type", value: "code"),
                URLQueryItem(name: "client_id", value: provider.clientID),
                URLQueryItem(name: "redirect_uri", value: provider.redirectURL),
                URLQueryItem(name: "scope", value: "openid email profile"), URLQueryItem(name: "state", value: state),
                URLQueryItem(name: "nonce", value: nonce), URLQueryItem(name: "code_challenge", value: challenge),
                URLQueryItem(name: "code_challenge_method", value: "S256"),
            ]
        guard let text = url.string else { throw OpenIDError.provider("authorization endpoint") }
        return text
    }

    /// The claims of the ID token that a code stands for, checked.
    package func claims(code: String, verifier: String, nonce: String) async throws -> IDClaims {
        let metadata = try await metadata()
        var form = [
            ("grant_type", "authorization_code"), ("code", code), ("redirect_uri", provider.redirectURL),
            ("code_verifier", verifier),
        ]
        var request = HTTPClientRequest(url: metadata.tokenEndpoint)
        request.method = .POST
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        if let secret = provider.clientSecret {
            // RFC 6749 section 2.3.1: both are form-encoded before they are joined.
            let pair = Self.formEncoded(provider.clientID) + ":" + Self.formEncoded(secret)
            request.headers.add(name: "Authorization", value: "Basic " + Data(pair.utf8).base64EncodedString())
        } else {
            form.append(("client_id", provider.clientID))
        }
        let body = form.map { "\($0)=\(Self.formEncoded($1))" }.joined(separator: "&")
        request.body = .bytes(ByteBuffer(string: body))
        struct Answer: Decodable {
            let idToken: String
            private enum CodingKeys: String, CodingKey { case idToken = "id_token" }
        }
        let token = try await fetch(Answer.self, request, "token endpoint").idToken
        return try await verified(token, nonce: nonce, metadata)
    }

    /// - Source: OpenID Connect Core 1.0 section 3.1.3.7.
    private func verified(_ token: String, nonce: String, _ metadata: Metadata) async throws -> IDClaims {
        guard let header = IDClaims.header(of: token) else { throw OpenIDError.token("form") }
        // A provider with one key need not name it.
        let keyID = header["kid"] as? String
        let keys = try await keys(metadata, for: keyID)
        guard (try? await keys.verify(token, as: IDClaims.Signed.self, iteratingKeys: keyID == nil)) != nil,
            let claims = IDClaims(token: token)
        else { throw OpenIDError.token("signature") }
        guard claims.issuer == provider.issuer else { throw OpenIDError.token("iss") }
        guard claims.audiences.contains(provider.clientID) else { throw OpenIDError.token("aud") }
        guard claims.audiences.count == 1 || claims.authorizedParty == provider.clientID else {
            throw OpenIDError.token("azp")
        }
        let time = now().timeIntervalSince1970
        guard claims.expiresAt + Self.clockTolerance > time else { throw OpenIDError.token("exp") }
        guard claims.issuedAt - Self.clockTolerance <= time else { throw OpenIDError.token("iat") }
        guard claims.nonce == nonce else { throw OpenIDError.token("nonce") }
        return claims
    }

    private func metadata() async throws -> Metadata {
        if let known = state.withLock({ $0.metadata }), now().timeIntervalSince(known.at) < Self.metadataLifetime {
            return known.value
        }
        let address = provider.issuer + "/.well-known/openid-configuration"
        let found = try await fetch(Metadata.self, HTTPClientRequest(url: address), "discovery")
        // Discovery section 4.3: another issuer than the one asked is an impersonation.
        guard found.issuer == provider.issuer else { throw OpenIDError.provider("discovery: another issuer") }
        for endpoint in [found.authorizationEndpoint, found.tokenEndpoint, found.keyAddress]
        where !IdentityProvider.isTrustworthy(endpoint) {
            throw OpenIDError.provider("discovery: an endpoint without https")
        }
        state.withLock { $0.metadata = (found, now()) }
        return found
    }

    /// The provider's keys; asked for again when the one named is not among them, but not all the time.
    private func keys(_ metadata: Metadata, for keyID: String?) async throws -> JWTKeyCollection {
        if let known = state.withLock({ $0.keys }) {
            let isRecent = now().timeIntervalSince(known.at) < Self.keyPause
            if let keyID {
                if known.ids.contains(keyID) { return known.value }
                guard !isRecent else { throw OpenIDError.token("kid") }
            } else if isRecent {
                return known.value
            }
        }
        struct KeySet: Decodable { let keys: [Entry] }
        struct Entry: Decodable {
            /// `nil` for a kind of key that is not known here, such as a shared secret: it signs nothing that is believed.
            let key: JWK?
            init(from decoder: any Decoder) throws { key = try? JWK(from: decoder) }
        }
        let found = try await fetch(KeySet.self, HTTPClientRequest(url: metadata.keyAddress), "keys").keys.compactMap(
            \.key)
        let collection = JWTKeyCollection()
        var known: Set<String> = []
        for key in found {
            guard let id = key.keyIdentifier, (try? await collection.add(jwk: key)) != nil else { continue }
            known.insert(id.string)
        }
        let read = (value: collection, ids: known, at: now())
        state.withLock { $0.keys = read }
        guard keyID.map(known.contains) ?? true else { throw OpenIDError.token("kid") }
        return collection
    }

    private func fetch<Value: Decodable>(
        _ type: Value.Type, _ request: HTTPClientRequest, _ what: String
    ) async throws -> Value {
        var request = request
        request.headers.add(name: "Accept", value: "application/json")
        do {
            let response = try await Self.http.execute(request, timeout: Self.timeout)
            guard response.status == .ok else { throw OpenIDError.provider("\(what): status \(response.status.code)") }
            let body = try await response.body.collect(upTo: Self.answerLimit)
            return try JSONBody.decode(type, from: Array(body.readableBytesView))
        } catch let error as OpenIDError {
            throw error
        } catch {
            throw OpenIDError.provider("\(what): \(Swift.type(of: error))")
        }
    }

    private static func formEncoded(_ text: String) -> String {
        text.utf8.map { byte in
            let isPlain =
                (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
                || "-._~".utf8.contains(byte)
            return isPlain
                ? String(UnicodeScalar(byte)) : "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
        }.joined()
    }
}
