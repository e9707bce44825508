import Foundation

/// An opaque public identifier of one kind of thing: a random UUID, never a sequence, so that it tells nothing about how many there are.
///
/// - Source: RFC 9562 section 5.4 (UUID version 4), <https://www.rfc-editor.org/rfc/rfc9562#section-5.4>
public struct Identifier<Subject>: Sendable, Hashable, Codable, CustomStringConvertible {
    /// The value itself.
    public let uuid: UUID

    /// A fresh random identifier.
    public init() { uuid = UUID() }

    /// Wraps a stored value.
    public init(uuid: UUID) { self.uuid = uuid }

    /// Reads the 36-character hyphenated form in either case; `nil` for anything else.
    public init?(_ text: String) {
        guard let uuid = UUID(uuidString: text) else { return nil }
        self.uuid = uuid
    }

    /// The lowercase hyphenated form that the API shows.
    public var description: String { uuid.uuidString.lowercased() }

    /// Reads the text form.
    public init(from decoder: any Decoder) throws {
        uuid = try decoder.singleValueContainer().decode(UUID.self)
    }

    /// Writes the text form.
    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}

/// Names a company, the tenant.
public typealias CompanyID = Identifier<Company>
/// Names an agent, which is one enrolled installation and so one device.
public typealias AgentID = Identifier<AgentSummary>
/// Names a user of one company.
public typealias UserID = Identifier<User>
/// Names a signed-in session: one family of refresh tokens.
public typealias SessionID = Identifier<Session>
/// Names an enrollment token; the token itself is never stored.
public typealias EnrollmentTokenID = Identifier<EnrollmentToken>

/// A row of the package catalogue, which all companies share: package versions are public facts.
public struct PackageID: Sendable, Hashable, Codable, Comparable, RawRepresentable {
    /// Positive, assigned by the store in order of first sight.
    public let rawValue: Int64
    /// Wraps a stored value.
    public init(rawValue: Int64) { self.rawValue = rawValue }
    /// Orders by the number.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// A place in the event log of a company. Ids grow with time within a company and are never used twice; gaps are allowed.
public struct EventID: Sendable, Hashable, Codable, Comparable, RawRepresentable {
    /// Positive. Zero stands for "before the first event".
    public let rawValue: Int64
    /// Wraps a stored value.
    public init(rawValue: Int64) { self.rawValue = rawValue }
    /// Orders by the number.
    public static func < (lhs: Self, rhs: Self) -> Bool { lhs.rawValue < rhs.rawValue }
}

/// SHA-256 of a secret (enrollment token, refresh token). The store never sees the secret.
public struct SecretHash: Sendable, Hashable {
    /// 32 bytes.
    public let bytes: [UInt8]
    /// Makes one from its parts.
    public init(bytes: [UInt8]) { self.bytes = bytes }
}
