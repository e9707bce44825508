import Foundation
import Stores

/// Where the live stream is.
enum StreamPath {
    static let path = "/v1/stream"
}

/// What a client says on the stream.
enum StreamRequest {
    /// Show me the company of this token, from after this event on; `nil` from now on.
    case subscribe(token: String, after: EventID?)
    /// Here is a newer token; go on.
    case renew(token: String)

    private struct Document: Decodable {
        let type: String
        let accessToken: String
        let after: Int64?

        private enum CodingKeys: String, CodingKey {
            case type, after
            case accessToken = "access_token"
        }
    }

    /// `nil` for anything else than the two.
    init?(_ text: String) {
        guard let document = try? JSONBody.decode(Document.self, from: Array(text.utf8)) else { return nil }
        switch document.type {
        case "subscribe":
            guard document.after ?? 0 >= 0 else { return nil }
            self = .subscribe(token: document.accessToken, after: document.after.map(EventID.init(rawValue:)))
        case "renew": self = .renew(token: document.accessToken)
        default: return nil
        }
    }
}

/// What the gateway says on the stream; each is one text message.
enum StreamReply {
    /// `latest` is the newest event at this moment; the client has seen all there is once it gets an event with that id or a later.
    static func subscribed(latest: EventID) throws -> String { try text(Subscribed(latest: latest.rawValue)) }

    static func event(_ event: Event) throws -> String { try text(Occurred(event: EventReply(event))) }

    private struct Subscribed: Encodable {
        let type = "subscribed"
        let latest: Int64

        private enum CodingKeys: CodingKey { case type, latest }
    }

    private struct Occurred: Encodable {
        let type = "event"
        let event: EventReply

        private enum CodingKeys: CodingKey { case type, event }
    }

    private static func text(_ value: some Encodable) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        encoder.dateEncodingStrategy = .iso8601
        return String(decoding: try encoder.encode(value), as: UTF8.self)
    }
}

/// Why the gateway ends a stream: a last message, and a close code of RFC 6455 section 7.4.1.
enum StreamEnd: String, Error, Sendable {
    /// The client fell behind and took no more bytes; it may come back and ask for what it missed.
    case slowReader = "slow_reader"
    /// No subscription in time, no valid token, or the session has ended.
    case unauthorized
    case tokenExpired = "token_expired"
    /// A message that is none of the protocol.
    case invalidMessage = "invalid_message"
    /// As many streams as there may be.
    case tooManyStreams = "too_many_streams"
    /// The store failed; the client may come back.
    case unavailable

    var closeCode: UInt16 {
        switch self {
        case .unauthorized, .tokenExpired, .invalidMessage: 1008
        case .slowReader, .tooManyStreams: 1013
        case .unavailable: 1011
        }
    }

    /// `{"type":"error","code":"…"}`
    var message: String { #"{"code":"\#(rawValue)","type":"error"}"# }
}
