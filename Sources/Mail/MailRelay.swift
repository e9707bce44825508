import Settings

/// The server that takes the installation's mail (`SMTP_…`).
public struct MailRelay: Sendable {
    /// How the connection is kept from others.
    public enum Security: String, Sendable, CaseIterable {
        /// TLS that begins in the connection; without it nothing is sent.
        case starttls
        /// TLS from the first byte.
        case tls
        /// Nothing: for a relay on the same machine.
        case none

        var port: Int {
            switch self {
            case .starttls: 587
            case .tls: 465
            case .none: 25
            }
        }
    }

    /// Name or address of the relay, without brackets.
    public let host: String
    /// Its port.
    public let port: Int
    /// How the connection is kept from others.
    public let security: Security
    /// With which the relay is told who sends; `nil` for a relay that does not ask.
    public let user: String?
    let password: Secret?
    /// Whom messages are from.
    public let sender: MailAddress
    /// A file of certificates that the relay's must come from; `nil` for the system's.
    public let authorities: String?

    /// Reads `SMTP_HOST`, `SMTP_PORT`, `SMTP_TLS`, `SMTP_USER`, `SMTP_PASSWORD` or `SMTP_PASSWORD_FILE`, `SMTP_FROM` and `SMTP_TLS_CA_FILE`.
    ///
    /// - Returns: `nil` when there is no `SMTP_HOST`.
    public init?(environment: [String: String]) throws(ConfigurationError) {
        let variables = EnvironmentVariables(environment, family: "SMTP_")
        guard let host = variables.text("HOST") else { return nil }
        guard MailAddress.isHost(host[...]) || host.contains(":") && host.allSatisfy({ $0.isHexDigit || $0 == ":" })
        else { throw ConfigurationError(variable: "SMTP_HOST", expected: "a name or an address") }
        self.host = host
        security = try variables.choice("TLS", of: Security.self) ?? .starttls
        port = try variables.number("PORT", in: 1...65_535, default: security.port)
        guard let sender = MailAddress(variables.text("FROM") ?? "") else {
            throw ConfigurationError(variable: "SMTP_FROM", expected: "an e-mail address")
        }
        self.sender = sender
        authorities = variables.text("TLS_CA_FILE")
        user = variables.text("USER")
        password = try variables.secret("PASSWORD")
        guard (user == nil) == (password == nil) else {
            throw ConfigurationError(variable: "SMTP_PASSWORD", expected: "set together with SMTP_USER")
        }
        guard user == nil || security != .none else {
            throw ConfigurationError(
                variable: "SMTP_TLS", expected: "starttls or tls where there is a password, which would be readable")
        }
    }

    var url: String {
        "\(security == .tls ? "smtps" : "smtp")://\(host.contains(":") ? "[\(host)]" : host):\(port)"
    }
}
