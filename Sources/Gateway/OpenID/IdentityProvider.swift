import Foundation
import Stores

/// An OpenID provider with which people of one company sign in.
public struct IdentityProvider: Sendable {
    /// Names it in paths and on the sign-in page: 1 to 40 letters, digits and hyphens.
    public var name: String
    /// "https://login.example.com", without a slash at the end, as the provider writes itself. Plain http on this machine only.
    public var issuer: String
    /// As registered with the provider.
    public var clientID: String
    /// As registered with the provider; `nil` for a client that has none.
    public var clientSecret: String?
    /// Where the provider sends people back to: the public address of the gateway and `/v1/auth/oidc/<name>/callback`.
    public var redirectURL: String
    /// The company whose people sign in with it, by name. Nobody of another company is admitted by it, whatever it says.
    public var company: String
    /// Who becomes a user at the first sign-in; the first rule that fits counts. Without one that fits, only users that were made before are
    /// admitted.
    public var rules: [Rule]

    /// People with a claim become users with a role.
    public struct Rule: Sendable, Decodable {
        /// "groups", "email_domain" (what stands behind the @ of the verified e-mail) or any other claim of the ID token.
        public var claim: String
        /// What the claim must be or, being a list, contain.
        public var value: String
        /// Never ``Role/owner``: owners are made by owners.
        public var role: Role

        /// Makes one from its parts.
        public init(claim: String, value: String, role: Role) {
            self.claim = claim
            self.value = value
            self.role = role
        }
    }

    /// Makes one from its parts.
    public init(
        name: String, issuer: String, clientID: String, clientSecret: String? = nil, redirectURL: String,
        company: String, rules: [Rule] = []
    ) {
        self.name = name
        self.issuer = issuer
        self.clientID = clientID
        self.clientSecret = clientSecret
        self.redirectURL = redirectURL
        self.company = company
        self.rules = rules
    }

    /// Why it cannot be used; `nil` when it can.
    var fault: String? {
        let letters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-")
        if !(1...40).contains(name.count) || !name.allSatisfy(letters.contains) {
            return "the name is not 1 to 40 letters, digits and hyphens"
        }
        if !Self.isTrustworthy(issuer) || issuer.hasSuffix("/") { return "the issuer is no https address" }
        if !Self.isTrustworthy(redirectURL) || !redirectURL.hasSuffix("/v1/auth/oidc/\(name)/callback") {
            return "the redirect address does not end with /v1/auth/oidc/\(name)/callback"
        }
        if clientID.isEmpty || company.isEmpty { return "client or company is missing" }
        return rules.contains { $0.role == .owner } ? "a rule makes owners" : nil
    }

    /// https, or http to this machine.
    static func isTrustworthy(_ text: String) -> Bool {
        guard let url = URLComponents(string: text), let host = url.host, !host.isEmpty else { return false }
        return url.scheme == "https"
            || (url.scheme == "http" && ["127.0.0.1", "localhost", "[::1]", "::1"].contains(host))
    }
}
