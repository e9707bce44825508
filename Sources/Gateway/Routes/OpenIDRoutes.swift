import Foundation
import HTTPTypes
import Hummingbird
import Logging
import Stores

/// Signing in with an OpenID provider: authorization code with PKCE.
struct OpenIDRoutes: Sendable {
    let services: GatewayServices
    let configuration: GatewayConfiguration
    let authenticator: Authenticator
    let throttle: SignInThrottle
    private let clients: [OpenIDClient]

    init(
        services: GatewayServices, configuration: GatewayConfiguration, authenticator: Authenticator,
        throttle: SignInThrottle
    ) {
        self.services = services
        self.configuration = configuration
        self.authenticator = authenticator
        self.throttle = throttle
        clients = configuration.identityProviders.map { OpenIDClient(provider: $0, now: services.now) }
    }

    var routes: [Route] {
        [
            .open(.get, "/v1/auth/oidc", list),
            .open(.get, "/v1/auth/oidc/{provider}/start", start),
            .open(.get, "/v1/auth/oidc/{provider}/callback", callback),
        ]
    }

    private struct ProviderReply: Encodable { let name: String }

    /// What the sign-in page offers; tells nothing of companies.
    @Sendable private func list(_ call: Call) async throws -> Response {
        try Reply.json(ListReply(clients.map { ProviderReply(name: $0.provider.name) }))
    }

    @Sendable private func start(_ call: Call) async throws -> Response {
        let client = try client(call)
        let ticket = SignInTicket(provider: client.provider.name, now: time)
        let url: String
        do {
            url = try await client.authorizationURL(
                state: ticket.state, nonce: ticket.nonce, challenge: ticket.challenge)
        } catch {
            throw failure(error, client, call)
        }
        var response = redirect(to: url)
        response.headers[.setCookie] = try ticket.header(
            services.signingKeys(), isSecure: configuration.isServedOverTLS)
        return response
    }

    /// Where the provider sends the browser back to. The ticket in the cookie says that it is the browser that left.
    @Sendable private func callback(_ call: Call) async throws -> Response {
        let client = try client(call)
        guard let ticket = SignInTicket(of: call.request, keys: services.signingKeys(), now: time),
            ticket.provider == client.provider.name, try call.query.text("state") == ticket.state
        else { throw APIError.invalid("state: not of a sign-in that began in this browser in the last ten minutes") }
        guard let code = try call.query.text("code") else { throw refused }
        // Every try makes the gateway ask the provider.
        try await throttle.begin(email: ticket.state, address: call.clientAddress, now: services.now())
        let claims: IDClaims
        do {
            claims = try await client.claims(code: code, verifier: ticket.verifier, nonce: ticket.nonce)
        } catch {
            throw failure(error, client, call)
        }
        let user = try await user(claims, client.provider, call)
        await throttle.succeed(email: ticket.state, address: call.clientAddress)
        let token = Secret.makeRefreshToken()
        let session = try await services.store.insertSession(
            userID: user.id, refreshToken: Secret.hash(token),
            expiresAt: services.now().addingTimeInterval(configuration.refreshTokenLifetime.timeInterval),
            at: services.now())
        call.logger.info("signed in", metadata: ["user": "\(user.id)", "sid": "\(session.id)"])
        var response = redirect(to: "/")
        let isSecure = configuration.isServedOverTLS
        response.headers[.setCookie] = RefreshCookie(isSecure: isSecure).header(
            token, lifetime: configuration.refreshTokenLifetime)
        response.headers.append(HTTPField(name: .setCookie, value: SignInTicket.cleared(isSecure: isSecure)))
        return response
    }

    /// The user of the verified e-mail, who must be of the provider's company; or one made by the first rule that fits.
    private func user(_ claims: IDClaims, _ provider: IdentityProvider, _ call: Call) async throws -> User {
        guard let company = try await services.store.fetchCompany(named: provider.company),
            let email = claims.verifiedEmail, email.contains("@"), (3...254).contains(email.utf8.count)
        else { throw refused }
        if let login = try await services.store.fetchLogin(email: email) {
            guard login.company.id == company.id else {
                call.logger.warning(
                    "provider vouches for a user of another company", metadata: ["provider": "\(provider.name)"])
                throw refused
            }
            return login.user
        }
        guard let rule = provider.rules.first(where: claims.satisfies) else { throw refused }
        // No password fits a hash that is none.
        return try await services.store.insertUser(
            email: email, passwordHash: "", role: rule.role, companyID: company.id, at: services.now())
    }

    private let refused = APIError(
        .forbidden, "sign_in_refused", "You cannot sign in with this account. Ask whoever looks after your company.")

    private func failure(_ error: any Error, _ client: OpenIDClient, _ call: Call) -> any Error {
        guard let error = error as? OpenIDError else { return error }
        call.logger.warning(
            "sign-in with provider failed", metadata: ["provider": "\(client.provider.name)", "error": "\(error)"])
        switch error {
        case .provider: return APIError.unavailable("The identity provider does not answer as it should.")
        case .token: return refused
        }
    }

    private func client(_ call: Call) throws -> OpenIDClient {
        let name = try call.parameter("provider")
        guard let client = clients.first(where: { $0.provider.name == name }) else { throw APIError.notFound }
        return client
    }

    private func redirect(to url: String) -> Response {
        var response = Response(status: .found)
        response.headers[.location] = url
        return response
    }

    private var time: Int64 { Int64(services.now().timeIntervalSince1970) }
}
