import Crypto
import Foundation
import Stores

/// Seals the secrets of endpoints before they are stored: whoever reads the database alone, or a copy of it, can sign nothing.
///
/// ChaCha20-Poly1305 under the installation's key. The company is authenticated with it, so a secret opens nowhere else.
///
/// - Source: RFC 8439, <https://www.rfc-editor.org/rfc/rfc8439>
public struct SecretSeal: Sendable {
    private let key: SymmetricKey

    /// What sealed secrets begin with. One that was stored before secrets were sealed is 32 random bytes.
    private static let mark = Array("zt-sealed-1:".utf8)

    /// - Parameter key: 32 bytes.
    public init(key: SymmetricKey) { self.key = key }

    /// Whether it is something that ``seal(_:of:)`` made.
    public static func isSealed(_ stored: [UInt8]) -> Bool { stored.starts(with: mark) }

    /// The form in which a secret is stored. An empty one, as e-mail has, stays so.
    public func seal(_ secret: [UInt8], of company: CompanyScope) throws -> [UInt8] {
        guard !secret.isEmpty else { return [] }
        return try Self.mark + ChaChaPoly.seal(secret, using: key, authenticating: Self.context(company)).combined
    }

    /// The secret again; one that is not sealed as it is.
    ///
    /// - Throws: When another key sealed it, or for another company, or it was changed.
    func open(_ stored: [UInt8], of company: CompanyScope) throws -> [UInt8] {
        guard Self.isSealed(stored) else { return stored }
        let box = try ChaChaPoly.SealedBox(combined: stored.dropFirst(Self.mark.count))
        return Array(try ChaChaPoly.open(box, using: key, authenticating: Self.context(company)))
    }

    private static func context(_ company: CompanyScope) -> Data {
        Data(mark + company.companyID.description.utf8)
    }
}
