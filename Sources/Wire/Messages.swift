import FoundationEssentials
import Inventory
import PackageIdentity

/// What an agent says of its host and of itself. Times are Unix seconds.
public struct AgentFacts: Sendable, Equatable, Codable {
    /// Name of the host as it gives it itself.
    public let hostname: String
    /// Operating system; `nil` when the machine does not say.
    public let os: OperatingSystemFacts?
    /// `uname -r`; `nil` when the scanned root is not the running system.
    public let kernelRelease: String?
    /// Unix seconds; `nil` when unknown.
    public let bootTime: Int64?
    /// "x86_64", "aarch64", …
    public let architecture: String
    /// Semantic version of the agent.
    public let agentVersion: String
    /// Reports dropped because the spool was full, since the agent started.
    public let droppedReports: Int
    /// At most ``AgentProtocol/warningLimit``.
    public let warnings: [ScanWarning]
    /// What the last scan cost; `nil` from agents that do not say.
    public let lastScan: ScanCost?

    private enum CodingKeys: String, CodingKey {
        case hostname, os, architecture, warnings
        case kernelRelease = "kernel_release"
        case bootTime = "boot_time"
        case agentVersion = "agent_version"
        case droppedReports = "dropped_reports"
        case lastScan = "last_scan"
    }

    /// Makes one from its parts.
    public init(
        host: HostFacts, agentVersion: String, droppedReports: Int, warnings: [ScanWarning], lastScan: ScanCost? = nil
    ) {
        hostname = host.hostname
        os = host.os.map(OperatingSystemFacts.init)
        kernelRelease = host.kernelRelease
        bootTime = host.bootTime
        architecture = host.architecture
        self.agentVersion = agentVersion
        self.droppedReports = droppedReports
        self.warnings = Array(warnings.prefix(AgentProtocol.warningLimit))
        self.lastScan = lastScan
    }

    /// The host's part.
    public var host: HostFacts {
        HostFacts(
            hostname: hostname, os: os?.operatingSystem, kernelRelease: kernelRelease, bootTime: bootTime,
            architecture: architecture)
    }
}

/// The operating system as os-release(5) names it.
public struct OperatingSystemFacts: Sendable, Equatable, Codable {
    /// Names it for good.
    public let id: String
    /// `VERSION_ID` of os-release(5).
    public let versionID: String?
    /// `VERSION_CODENAME` of os-release(5).
    public let codename: String?
    /// `PRETTY_NAME` of os-release(5).
    public let prettyName: String
    /// `ID_LIKE` of os-release(5).
    public let idLike: [String]

    private enum CodingKeys: String, CodingKey {
        case id, codename
        case versionID = "version_id"
        case prettyName = "pretty_name"
        case idLike = "id_like"
    }

    init(_ os: OperatingSystem) {
        id = os.id
        versionID = os.versionID
        codename = os.codename
        prettyName = os.prettyName
        idLike = os.idLike
    }

    var operatingSystem: OperatingSystem {
        OperatingSystem(id: id, versionID: versionID, codename: codename, prettyName: prettyName, idLike: idLike)
    }
}

/// Asks to become an agent of the company that made the token. The key that enrolls is the `jwk` of the request's proof.
public struct EnrollRequest: Sendable, Equatable, Codable {
    /// The enrollment token as the operator got it.
    public let token: String
    /// What the agent last said of itself.
    public let facts: AgentFacts

    /// Makes one from its parts.
    public init(token: String, facts: AgentFacts) {
        self.token = token
        self.facts = facts
    }
}

/// Asks for another key in place of the one that signs the request. Sent again with the same two keys, it is answered the same.
public struct KeyRequest: Sendable, Equatable, Codable {
    /// A proof by the new key for this very request: same method, path and access token. The key is the `jwk` in it.
    public let proof: String

    /// Wraps the proof.
    public init(proof: String) { self.proof = proof }
}

/// The key that counts from now on.
public struct KeyReply: Sendable, Equatable, Codable {
    /// Its thumbprint (RFC 7638).
    public let thumbprint: String

    /// Wraps the thumbprint.
    public init(thumbprint: String) { self.thumbprint = thumbprint }
}

/// The agent's new name and how often to call.
public struct EnrollReply: Sendable, Equatable, Codable {
    /// UUID in lowercase.
    public let agentID: String
    /// Name of the company, for people.
    public let company: String
    /// Seconds between heartbeats, before jitter.
    public let heartbeatSeconds: Int
    /// Unix seconds.
    public let serverTime: Int64

    private enum CodingKeys: String, CodingKey {
        case company
        case agentID = "agent_id"
        case heartbeatSeconds = "heartbeat_seconds"
        case serverTime = "server_time"
    }

    /// Makes one from its parts.
    public init(agentID: String, company: String, heartbeatSeconds: Int, serverTime: Int64) {
        self.agentID = agentID
        self.company = company
        self.heartbeatSeconds = heartbeatSeconds
        self.serverTime = serverTime
    }
}

/// Asks for an access token; the request's proof, signed with the enrolled key, is the credential.
public struct TokenRequest: Sendable, Equatable, Codable {
    /// Which agent.
    public let agentID: String

    private enum CodingKeys: String, CodingKey {
        case agentID = "agent_id"
    }

    /// Makes one from its parts.
    public init(agentID: String) { self.agentID = agentID }
}

/// A short-lived access token bound to the agent's key (RFC 9449 section 5).
public struct TokenReply: Sendable, Equatable, Codable {
    /// The token, a JWT.
    public let accessToken: String
    /// Always ``AgentProtocol/tokenType``.
    public let tokenType: String
    /// Seconds.
    public let expiresIn: Int
    /// Key of ``RequestSignature``s while the token works, in ``Base64URL``; `nil` from a server that takes proofs alone.
    public let proofKey: String?

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case tokenType = "token_type"
        case expiresIn = "expires_in"
        case proofKey = "proof_key"
    }

    /// Makes one from its parts.
    public init(accessToken: String, expiresIn: Int, proofKey: [UInt8]? = nil) {
        self.accessToken = accessToken
        tokenType = AgentProtocol.tokenType
        self.expiresIn = expiresIn
        self.proofKey = proofKey.map { Base64URL.encode($0) }
    }
}

/// "Nothing is other than in the heartbeat before": what is sent in place of one that the server has answered with "in sync".
///
/// A server that does not remember that one answers 409 `base_unknown`, and is sent the whole one; one of before that knows nothing of this says 400.
public struct UnchangedHeartbeat: Sendable, Equatable, Codable {
    /// The `Content-Digest` of the body that still holds.
    public let unchanged: String

    /// Names the body.
    public init(unchanged: String) { self.unchanged = unchanged }

    /// The bytes that are sent, always the same for one digest: the server compares and need not read them.
    ///
    /// - Parameter contentDigest: As ``RequestSignature/contentDigest(of:)`` writes it, in which nothing needs escaping.
    public static func body(unchanged contentDigest: String) -> [UInt8] {
        Array(#"{"unchanged":"\#(contentDigest)"}"#.utf8)
    }
}

/// "I am here, and this is the digest of what I have."
public struct HeartbeatRequest: Sendable, Equatable, Codable {
    /// Lowercase hex of the inventory's SHA-256; `nil` before the first scan.
    public let digest: String?
    /// What the agent last said of itself.
    public let facts: AgentFacts
    /// Lowercase hex of the SHA-256 of what is in use on the host; `nil` when that is not known, and from agents that do not look.
    public let runningDigest: String?
    /// What is in use on the host, once the server asked for it with ``HeartbeatReply/runningWanted``.
    public let running: RunningState?

    private enum CodingKeys: String, CodingKey {
        case digest, facts, running
        case runningDigest = "running_digest"
    }

    /// Makes one from its parts.
    public init(digest: String?, facts: AgentFacts, runningDigest: RunningDigest? = nil, running: RunningState? = nil) {
        self.digest = digest
        self.facts = facts
        self.runningDigest = runningDigest?.description
        self.running = running
    }
}

/// What the agent is to do next.
public struct HeartbeatReply: Sendable, Equatable, Codable {
    /// What to do.
    public let action: Action
    /// With ``Action/sendDelta``: the digest the delta starts from.
    public let base: String?
    /// Seconds until the next heartbeat, before jitter.
    public let heartbeatSeconds: Int
    /// Unix seconds by the server's clock.
    public let serverTime: Int64
    /// Whether the server holds another digest than ``HeartbeatRequest/runningDigest`` and takes what it stands for with a further heartbeat; `nil`
    /// for no.
    public let runningWanted: Bool?

    /// Compared with the digest of the heartbeat, the server …
    public enum Action: String, Sendable, Codable {
        /// … has received the same.
        case inSync = "in_sync"
        /// … has another one, which ``HeartbeatReply/base`` names.
        case sendDelta = "send_delta"
        /// … has none.
        case sendFull = "send_full"
    }

    private enum CodingKeys: String, CodingKey {
        case action, base
        case heartbeatSeconds = "heartbeat_seconds"
        case serverTime = "server_time"
        case runningWanted = "running_wanted"
    }

    /// Makes one from its parts.
    public init(action: Action, base: String?, heartbeatSeconds: Int, serverTime: Int64, runningWanted: Bool = false) {
        self.action = action
        self.runningWanted = runningWanted ? true : nil
        self.base = base
        self.heartbeatSeconds = heartbeatSeconds
        self.serverTime = serverTime
    }
}

/// The inventory arrived whole and is kept.
public struct InventoryReply: Sendable, Equatable, Codable {
    /// The digest the server holds now.
    public let digest: String

    /// Makes one from its parts.
    public init(digest: String) { self.digest = digest }
}

/// An error reply, of any route.
public struct ErrorReply: Sendable, Equatable, Codable {
    /// What went wrong.
    public let error: Detail
    /// Unix seconds; present with `clock_skew`.
    public let serverTime: Int64?

    /// What went wrong.
    public struct Detail: Sendable, Equatable, Codable {
        /// A word that programs act upon; may grow.
        public let code: String
        /// A sentence for people.
        public let message: String
        /// Names the request in the server's log.
        public let requestID: String

        private enum CodingKeys: String, CodingKey {
            case code, message
            case requestID = "request_id"
        }

        /// Makes one from its parts.
        public init(code: String, message: String, requestID: String) {
            self.code = code
            self.message = message
            self.requestID = requestID
        }
    }

    private enum CodingKeys: String, CodingKey {
        case error
        case serverTime = "server_time"
    }

    /// Makes one from its parts.
    public init(error: Detail, serverTime: Int64? = nil) {
        self.error = error
        self.serverTime = serverTime
    }
}
