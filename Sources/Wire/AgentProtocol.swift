/// Paths, media types and limits of the protocol between agent and gateway.
public enum AgentProtocol {
    /// `POST`, body ``EnrollRequest``, answers 201 with ``EnrollReply``.
    public static let enrollPath = "/v1/agent/enroll"
    /// `POST`, body ``TokenRequest``, answers ``TokenReply``.
    public static let tokenPath = "/v1/agent/token"
    /// `POST`, body ``HeartbeatRequest`` or ``UnchangedHeartbeat``, answers ``HeartbeatReply``.
    public static let heartbeatPath = "/v1/agent/heartbeat"
    /// `PUT`, body a gzip-compressed inventory or delta, answers 202 with ``InventoryReply``.
    public static let inventoryPath = "/v1/agent/inventory"

    /// `PUT`, body ``KeyRequest``, answers 200 with ``KeyReply``.
    public static let keyPath = "/v1/agent/key"

    /// An encoded `Inventory`: one canonical purl a line.
    public static let inventoryMediaType = "application/vnd.zerotrace.inventory"
    /// An encoded `InventoryDelta`.
    public static let inventoryDeltaMediaType = "application/vnd.zerotrace.inventory-delta"

    /// Header that carries the proof of possession (RFC 9449 section 4.1).
    public static let proofHeader = "DPoP"
    /// Headers of a ``RequestSignature``, which a request with an access token carries in place of a proof.
    public static let signatureInputHeader = "Signature-Input"
    /// See ``signatureInputHeader``.
    public static let signatureHeader = "Signature"
    /// See ``signatureInputHeader``.
    public static let contentDigestHeader = "Content-Digest"
    /// Scheme of the `Authorization` header and `token_type` of the token reply (RFC 9449 section 5).
    public static let tokenType = "DPoP"

    /// Bytes of an inventory body as sent, at most.
    public static let compressedInventoryLimit = 4 << 20
    /// Bytes of an inventory once decompressed, at most: about 200,000 packages.
    public static let inventoryLimit = 32 << 20
    /// Warnings of a scan that travel with a heartbeat, at most.
    public static let warningLimit = 100
    /// Bytes of the JSON of a `RunningState` that travels with a heartbeat, at most.
    public static let runningLimit = 96 << 10
}

/// Codes of error replies that an agent acts upon; all others are retried later or logged.
public enum AgentErrorCode: String, Sendable {
    /// The access token ran out or its key was rotated: get a new one.
    case tokenExpired = "token_expired"
    /// The agent's clock is off by more than the window: take `server_time` of the reply and try again.
    case clockSkew = "clock_skew"
    /// The same proof arrived before.
    case proofReplayed = "proof_replayed"
    /// The delta's base is not what the server holds: send the inventory in full. To an ``UnchangedHeartbeat``: send the whole one.
    case baseUnknown = "base_unknown"
    /// The agent is not known (any more): only a new enrollment helps.
    case unknownAgent = "unknown_agent"
    /// The enrollment token does not exist or was revoked.
    case tokenUnknown = "token_unknown"
    /// The enrollment token is past its expiry.
    case enrollmentExpired = "enrollment_token_expired"
    /// The enrollment token has no uses left.
    case enrollmentUsedUp = "enrollment_token_used_up"
}
