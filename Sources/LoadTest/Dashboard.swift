import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// What a person of one company reads through the API.
actor Dashboard {
    let server: String
    private let http: HTTPClient
    private let login: LoadTestCompany.Login
    private let measurements: Measurements
    private var session: (token: String, until: ContinuousClock.Instant)?

    /// Bytes of an answer that are read.
    private static let replyLimit = 32 << 20

    init(server: String, http: HTTPClient, login: LoadTestCompany.Login, measurements: Measurements) {
        self.server = server
        self.http = http
        self.login = login
        self.measurements = measurements
    }

    /// An access token that works for another minute at least.
    func token() async throws -> String {
        if let session, session.until > .now + .seconds(60) { return session.token }
        var request = HTTPClientRequest(url: server + "/v1/auth/login")
        request.method = .POST
        request.headers = ["Content-Type": "application/json"]
        request.body = .bytes(try JSONEncoder().encode(["email": login.email, "password": login.password]))
        let reply = try await send(request, .signIn, as: SessionReply.self)
        session = (reply.accessToken, .now + .seconds(reply.expiresIn))
        return reply.accessToken
    }

    /// One resource.
    func read<Reply: Decodable & Sendable>(_ path: String, _ kind: Measurements.Kind, as type: Reply.Type) async throws
        -> Reply
    {
        var request = HTTPClientRequest(url: server + path)
        request.headers = ["Authorization": "Bearer \(try await token())"]
        return try await send(request, kind, as: type)
    }

    /// All pages of a list.
    func readAll<Item: Decodable & Sendable>(_ path: String, _ kind: Measurements.Kind, of type: Item.Type) async throws
        -> [Item]
    {
        var items: [Item] = []
        var cursor: String?
        repeat {
            var components = URLComponents()
            components.queryItems = [URLQueryItem(name: "limit", value: "500")]
            if let cursor { components.queryItems?.append(URLQueryItem(name: "cursor", value: cursor)) }
            // A plus would be read as a space.
            let query = components.percentEncodedQuery?.replacing("+", with: "%2B") ?? ""
            let page = try await read("\(path)?\(query)", kind, as: PageReply<Item>.self)
            items += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return items
    }

    private func send<Reply: Decodable>(
        _ request: HTTPClientRequest, _ kind: Measurements.Kind, as type: Reply.Type
    ) async throws -> Reply {
        let start = ContinuousClock.now
        do {
            let response = try await http.execute(request, timeout: .seconds(60))
            let body = try await response.body.collect(upTo: Self.replyLimit)
            guard response.status == .ok else { throw LoadTestError("the server answered \(response.status.code)") }
            let reply = try JSONDecoder().decode(Reply.self, from: Data(body.readableBytesView))
            measurements.succeeded(kind, after: .now - start)
            return reply
        } catch {
            measurements.failed(kind, "\(error)")
            throw error
        }
    }
}

private struct SessionReply: Decodable {
    let accessToken: String
    let expiresIn: Int

    private enum CodingKeys: String, CodingKey {
        case accessToken = "access_token"
        case expiresIn = "expires_in"
    }
}

private struct PageReply<Item: Decodable & Sendable>: Decodable, Sendable {
    let items: [Item]
    let nextCursor: String?

    private enum CodingKeys: String, CodingKey {
        case items
        case nextCursor = "next_cursor"
    }
}
