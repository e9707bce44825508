/// The files that bring the agent to machines of one company.
public struct DeploymentKit: Sendable {
    /// What distributes it.
    public enum Target: String, Sendable, CaseIterable {
        case jamf, intune, ansible, shell
        case workspaceONE = "workspace-one"
        case cloudInit = "cloud-init"
    }

    /// One file of a kit.
    public struct File: Sendable, Equatable {
        /// Path below the kit's folder.
        public let path: String
        /// What it holds.
        public let text: String
        /// Whether the token is in it: then it is for its owner alone.
        public let holdsToken: Bool
        /// Whether it is started as it stands.
        public var isProgram: Bool { path.hasSuffix(".sh") }
    }

    /// Why no kit can be made.
    public enum Refusal: Error, Sendable, Equatable, CustomStringConvertible {
        /// The address has letters that a base URL does not need.
        case server
        /// The token has letters that none of ours has.
        case token
        /// The address of the package is none, or is missing where it is needed.
        case package

        /// For people; shows no token.
        public var description: String {
            switch self {
            case .server: "The server's address must be as https://zerotrace.example.com."
            case .token: "This is no enrollment token."
            case .package:
                "The package's address must be as https://example.com/zerotrace-agent.deb, and cloud-init needs one."
            }
        }
    }

    let server: String
    let token: String
    let package: String?
    let makeIdentifier: @Sendable () -> String

    /// - Parameters:
    ///   - server: Base URL of the gateway.
    ///   - token: The enrollment token.
    ///   - package: URL of the .deb or .rpm that machines fetch; cloud-init needs it.
    ///   - makeIdentifier: Gives a new UUID each time, for configuration profiles.
    public init(
        server: String, token: String, package: String?, makeIdentifier: @escaping @Sendable () -> String
    ) throws(Refusal) {
        guard Self.isAddress(server) else { throw .server }
        guard !token.isEmpty, token.count <= 512, token.allSatisfy({ Self.isPlain($0) || "_-.".contains($0) }) else {
            throw .token
        }
        guard package.map({ Self.isAddress($0) && ($0.hasSuffix(".deb") || $0.hasSuffix(".rpm")) }) ?? true else {
            throw .package
        }
        self.server = server
        self.token = token
        self.package = package
        self.makeIdentifier = makeIdentifier
    }

    /// The files for one tool.
    public func files(for target: Target) throws(Refusal) -> [File] {
        switch target {
        case .jamf: [profile("zerotrace-agent.mobileconfig"), preferences("com.zerotrace.agent.plist")]
        case .workspaceONE: [profile("zerotrace-agent.mobileconfig"), registryScript("zerotrace-agent.ps1")]
        case .intune:
            [registryScript("zerotrace-agent.ps1"), singleScript("zerotrace-agent-linux.sh")]
        case .ansible: ansible
        case .cloudInit: [try cloudInit()]
        case .shell:
            [
                plain("agent.json", configuration), secret("enrollment-token", token + "\n"),
                plain("install.sh", Self.installScript),
            ]
        }
    }

    // MARK: Pieces

    static func isPlain(_ letter: Character) -> Bool { letter.isASCII && (letter.isLetter || letter.isNumber) }

    private static func isAddress(_ text: String) -> Bool {
        let schemes = ["https://", "http://"]
        guard let scheme = schemes.first(where: { text.hasPrefix($0) }), text.count <= 512 else { return false }
        let rest = text.dropFirst(scheme.count)
        return rest.first.map(isPlain) == true && rest.allSatisfy { isPlain($0) || "-._~:/+".contains($0) }
            || rest.hasPrefix("[") && rest.allSatisfy { isPlain($0) || "[]:./-".contains($0) }
    }

    /// The agent's configuration on Linux.
    var configuration: String {
        """
        {
          "server": "\(server)",
          "token_file": "/etc/zerotrace/enrollment-token"
        }

        """
    }

    func plain(_ path: String, _ text: String) -> File { File(path: path, text: text, holdsToken: false) }

    func secret(_ path: String, _ text: String) -> File { File(path: path, text: text, holdsToken: true) }
}

extension String {
    /// Every line but empty ones pushed to the right.
    func indented(_ count: Int) -> String {
        split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.isEmpty ? "" : String(repeating: " ", count: count) + $0 }.joined(separator: "\n")
    }
}
