import BoundedInput
import Inventory
import NIOCore
import Stores
import Verdicts
import Wire

/// The one place that says what an error means to a client.
enum ErrorMapping {
    /// What to answer, or `nil` for an error that nobody foresaw: a bare 500, with the cause in the log only.
    static func reply(to error: any Error) -> APIError? {
        switch error {
        case let error as APIError: error
        case let error as StoreError: store(error)
        case let error as InventoryError: inventory(error)
        case let error as GzipError: gzip(error)
        case let error as PossessionProofError: proof(error)
        case let error as VerdictServiceError: verdicts(error)
        case let error as PasswordHasherError: password(error)
        case is SlowBody: slowBody
        case is NIOTooManyBytesError: .tooLarge("The body is larger than this route takes.")
        default: nil
        }
    }

    /// Nothing can follow on a connection whose request never ended.
    private static var slowBody: APIError {
        var error = APIError(.requestTimeout, "request_timeout", "The body came too slowly.")
        error.headers[.connection] = "close"
        return error
    }

    private static func store(_ error: StoreError) -> APIError? {
        switch error {
        case .invalidCursor: .invalid("cursor: not one that this list gave out")
        case .notFound: .notFound
        case .alreadyExists(let what): APIError(.conflict, "already_exists", "That \(what) exists already.")
        case .agentRevoked:
            APIError(.conflict, "agent_revoked", "A revoked agent stays so. Enroll the machine anew with a new key.")
        case .lastOwner:
            APIError(.conflict, "last_owner", "A company keeps at least one owner. Make another user an owner first.")
        case .ownRequest:
            APIError(.forbidden, "own_request", "Somebody else has to approve what you asked for.")
        case .decided(let what): APIError(.conflict, "decided", "That \(what) waits for nothing any longer.")
        case .limitReached(let what): APIError(.conflict, "limit_reached", "The company has as many \(what) as it may.")
        case .unavailable: .unavailable("The database does not answer.")
        case .timedOut: .unavailable("The database took too long.")
        case .notEvaluated, .databaseTooNew, .failed: nil
        }
    }

    private static func inventory(_ error: InventoryError) -> APIError {
        switch error {
        case .malformedLine, .contradiction: .invalid(error.description)
        case .tooManyPackages: .tooLarge(error.description)
        case .baseMismatch, .targetMismatch: APIError(.badRequest, "digest_mismatch", error.description)
        }
    }

    private static func gzip(_ error: GzipError) -> APIError? {
        switch error {
        case .truncated, .corrupt, .trailingGarbage: .invalid(error.description)
        case .tooLarge: .tooLarge(error.description)
        case .outOfMemory: nil
        }
    }

    private static func proof(_ error: PossessionProofError) -> APIError {
        let message =
            switch error {
            case .malformed(let what): "DPoP proof: \(what)"
            case .badSignature: "DPoP proof: the signature does not fit the key"
            case .otherRequest: "DPoP proof: made for another request"
            case .otherToken: "DPoP proof: made for another access token"
            }
        return .unauthorized(message, code: "invalid_proof", scheme: AgentProtocol.tokenType)
    }

    private static func verdicts(_ error: VerdictServiceError) -> APIError {
        switch error {
        case .noIndex: .unavailable("No advisories have been loaded yet.")
        case .unavailable: .unavailable("The advisories cannot be asked at the moment.")
        }
    }

    private static func password(_ error: PasswordHasherError) -> APIError {
        switch error {
        case .busy: .rateLimited("Too many people sign in at once.", retryAfter: .seconds(2))
        case .unacceptable(let reason): .invalid("password: \(reason)")
        }
    }
}
