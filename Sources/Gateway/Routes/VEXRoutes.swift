import Foundation
import Hummingbird
import Stores

/// What the company has decided about vulnerabilities, in the formats that other tools read.
struct VEXRoutes: Sendable {
    let services: GatewayServices

    /// The formats; the word is that of the query.
    private enum Format: String {
        case openVEX = "openvex"
        case cycloneDX = "cyclonedx"
    }

    var routes: [Route] { [.person(.get, "/v1/vex", .viewFindings, export)] }

    @Sendable private func export(_ call: Call, _ caller: Caller) async throws -> Response {
        let (format, now) = (try call.query.word("format", as: Format.self) ?? .openVEX, services.now())
        guard let login = try await services.store.fetchUser(scope: caller.scope, id: caller.userID) else {
            throw APIError.notFound
        }
        let acceptance = try await services.store.fetchAcceptance(scope: caller.scope, at: now)
        let export = VEXExport(acceptance, author: login.company.name, at: now)
        switch format {
        case .openVEX: return try Reply.json(export.openVEX)
        case .cycloneDX:
            var reply = try Reply.json(export.cycloneDX)
            reply.headers[.contentType] = "application/vnd.cyclonedx+json; version=1.6"
            return reply
        }
    }
}
