import Foundation

/// Names an exception for good.
public typealias ExceptionID = Identifier<RiskException>

/// Which findings an exception is about: those that all members which are not `nil` describe. It names a vulnerability or a package at
/// least, so that nobody accepts whatever may come.
public struct ExceptionScope: Sendable, Hashable {
    /// An id of the vulnerability; its aliases count as well.
    public let vulnerability: String?
    /// A package without version, in its canonical form: "pkg:deb/debian/openssl".
    public let package: String?
    /// Only agents with this label.
    public let label: String?
    /// Only this agent.
    public let agent: AgentID?

    /// Makes one from its parts.
    public init(vulnerability: String?, package: String?, label: String? = nil, agent: AgentID? = nil) {
        self.vulnerability = vulnerability
        self.package = package
        self.label = label
        self.agent = agent
    }
}

/// Why a company says that it is not affected; the raw value is OpenVEX's word.
///
/// - Source: <https://github.com/openvex/spec/blob/main/OPENVEX-SPEC.md#status-justifications>
public enum ExceptionJustification: String, Sendable, Codable, CaseIterable {
    /// The product does not have the component.
    case componentNotPresent = "component_not_present"
    /// The component is there without the code.
    case codeNotPresent = "vulnerable_code_not_present"
    /// The code is there and never runs.
    case codeNotInExecutePath = "vulnerable_code_not_in_execute_path"
    /// The code runs, and nobody from outside can make it do harm.
    case codeNotControllable = "vulnerable_code_cannot_be_controlled_by_adversary"
    /// Something keeps the harm off.
    case mitigated = "inline_mitigations_already_exist"
}

/// Who did something to an exception, as it was then: people may leave, and why something was accepted must stay known.
public struct ExceptionActor: Sendable, Hashable {
    /// Which user.
    public let id: UserID
    /// The e-mail.
    public let name: String
    /// When.
    public let at: Date
    /// In the person's own words; may be empty but for a request.
    public let comment: String

    /// Makes one from its parts.
    public init(id: UserID, name: String, at: Date, comment: String) {
        self.id = id
        self.name = name
        self.at = at
        self.comment = comment
    }
}

/// Where an exception is between its request and its end. Only an active one accepts anything.
public enum ExceptionState: String, Sendable, Codable, CaseIterable {
    /// Waits for somebody else's decision. Becomes active, rejected, revoked or expired.
    case requested
    /// Accepts the findings it is about. Becomes revoked or expired.
    case active
    /// Decided against; for good.
    case rejected
    /// Taken back; for good.
    case revoked
    /// Its time is over, whether it was decided or not; for good.
    case expired
}

/// A risk that a company accepts for a time: asked for by one person, approved by another, with a reason and an end.
///
/// Its state follows from what was done and from the time; nothing has to happen for it to end.
public struct RiskException: Sendable, Hashable {
    /// Names it for good.
    public let id: ExceptionID
    /// Which findings.
    public let scope: ExceptionScope
    /// Who asked, and why.
    public let request: ExceptionActor
    /// Why the company is not affected; `nil` when it is and lives with it.
    public let justification: ExceptionJustification?
    /// From this moment on it accepts nothing.
    public let expiresAt: Date
    /// Who decided; `nil` while nobody did. Never the one who asked, when it was approved.
    public let decision: ExceptionActor?
    /// Whether the decision was for it; false without one.
    public let isApproved: Bool
    /// Who took it back; `nil` while nobody did.
    public let revocation: ExceptionActor?

    /// Makes one from its parts.
    public init(
        id: ExceptionID, scope: ExceptionScope, request: ExceptionActor, expiresAt: Date, decision: ExceptionActor?,
        isApproved: Bool, revocation: ExceptionActor?, justification: ExceptionJustification? = nil
    ) {
        self.justification = justification
        self.id = id
        self.scope = scope
        self.request = request
        self.expiresAt = expiresAt
        self.decision = decision
        self.isApproved = isApproved
        self.revocation = revocation
    }

    /// Where it is at a moment.
    public func state(at now: Date) -> ExceptionState {
        if revocation != nil { return .revoked }
        if decision != nil, !isApproved { return .rejected }
        if now >= expiresAt { return .expired }
        return decision == nil ? .requested : .active
    }
}

/// Which exceptions; the order is always newest request first.
public struct ExceptionQuery: Sendable, Hashable {
    /// Only those in this state.
    public var state: ExceptionState?
    /// Only those whose scope names this id, as it was asked for.
    public var vulnerability: String?

    /// All.
    public init() {}
}
