import Foundation
import HTTPTypes
import HummingbirdTesting
import Stores
import Testing

@testable import Gateway

struct OpenAPITests {
    private static let file = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .appendingPathComponent("../../Sources/Gateway/Resources/openapi.json").standardizedFileURL.path

    @Test func everyRouteIsDescribedAndNothingElse() async throws {
        let installation = try await Installation()
        let parts = try await GatewayParts(
            configuration: installation.configuration, services: installation.services, logger: .init(label: "test"))
        let routes = parts.responder.table.routes.map { "\($0.method.rawValue) \($0.path)" }
        let document = try #require(
            JSONSerialization.jsonObject(with: Data(PackageResources.openapi_json)) as? [String: Any])
        let paths = try #require(document["paths"] as? [String: [String: Any]])
        let described = paths.flatMap { path, item in item.keys.map { "\($0.uppercased()) \(path)" } }
        #expect(routes.sorted() == described.sorted())
    }

    /// Readers of JSON take the last of two without a word.
    @Test func everyPathIsThereOnce() {
        let text = String(decoding: PackageResources.openapi_json, as: UTF8.self)
        let paths = text.split(separator: "\n").filter { $0.hasPrefix("  \"/") }
        #expect(paths.count == Set(paths).count)
        #expect(paths.count > 20)
    }

    @Test func theDeclaredAccessIsTheRealOne() async throws {
        let installation = try await Installation()
        let parts = try await GatewayParts(
            configuration: installation.configuration, services: installation.services, logger: .init(label: "test"))
        let document = Document(.init(bytes: PackageResources.openapi_json))
        for route in parts.responder.table.routes {
            let security = document["paths"][route.path][route.method.rawValue.lowercased()]["security"]
            let scheme = (security[0].value as? [String: Any])?.keys.first
            switch route.endpoint {
            case .open: #expect(scheme == nil, "\(route.path)")
            case .person: #expect(scheme == "accessToken", "\(route.path)")
            case .agent: #expect(scheme == "agentToken", "\(route.path)")
            }
        }
    }

    @Test func everyWordOfTheAuditLogIsDescribed() {
        let words = Document(.init(bytes: PackageResources.openapi_json))["components"]["schemas"]["AuditAction"]
        #expect(words["enum"].value as? [String] == AuditAction.allCases.map(\.rawValue))
    }

    /// What the gateway really sends, held against the schemas: no member missing, none that is not described.
    @Test func repliesAreAsDescribed() async throws {
        let installation = try await Installation()
        try await installation.run { client async throws in
            let schemas = Schemas(Document(.init(bytes: PackageResources.openapi_json)))
            let token = try await installation.token(installation.red.owner)
            let id = installation.red.agentID
            let exception = try await installation.store.requestException(
                scope: installation.red.scope, ExceptionScope(vulnerability: "CVE-2023-0464", package: nil),
                reason: "x",
                expiresAt: installation.clock.now.addingTimeInterval(1e6), by: installation.red.viewer.id,
                at: installation.clock.now)
            let decided = try await client.send(
                .put, "/v1/exceptions/\(exception.id)/decision", token: token, json: #"{"approved":true}"#)
            #expect(schemas.faults(in: decided.json.value, schema: "Exception") == [])
            let note = try await client.send(
                .post, "/v1/vulnerabilities/CVE-2023-0464/notes", token: token, json: #"{"text":"a note"}"#)
            #expect(schemas.faults(in: note.json.value, schema: "Note") == [])
            _ = try await client.send(
                .put, "/v1/vulnerabilities/CVE-2023-0464/assignee", token: token,
                json: #"{"user_id":"\(installation.red.owner.id)"}"#)
            _ = try await client.send(.put, "/v1/sla-policy", token: token, json: #"{"severity":{"high":1}}"#)
            let endpoint = try await client.send(
                .post, "/v1/notification-endpoints", token: token,
                json: #"{"url":"https://example.com/","minimum_severity":"high"}"#)
            #expect(schemas.faults(in: endpoint.json.value, schema: "NotificationEndpoint") == [])
            let test = try await client.send(
                .post, "/v1/notification-endpoints/\(endpoint.json["id"].text ?? "")/test", token: token)
            #expect(schemas.faults(in: test.json.value, schema: "TestNotification") == [])
            let cases = [
                ("/v1/me", "Profile"), ("/v1/overview", "Overview"), ("/v1/trend?days=30", "Trend"),
                ("/v1/feeds", "Advisories"), ("/v1/scan-cost?days=30", "FleetScanCost"),
                ("/v1/agents", "AgentList"), ("/v1/agents/\(id)", "AgentDetail"),
                ("/v1/agents/\(id)/packages", "AgentPackageList"), ("/v1/agents/\(id)/findings", "FindingList"),
                ("/v1/vulnerabilities", "VulnerabilityList"),
                ("/v1/vulnerabilities/CVE-2023-0464", "CompanyVulnerability"),
                ("/v1/vulnerabilities/CVE-2020-0001", "CompanyVulnerability"),
                ("/v1/vulnerabilities/CVE-2023-0464/agents", "AffectedAgentList"),
                ("/v1/vulnerabilities/X/explanation?package=pkg:deb/debian/bash@5?distro=debian-12", "Explanation"),
                ("/v1/events", "EventList"), ("/v1/enrollment-tokens", "EnrollmentTokenList"),
                ("/v1/audit", "AuditEntryList"), ("/v1/enrollment-policy", "EnrollmentPolicy"),
                ("/v1/sla-policy", "SLAPolicy"), ("/v1/retention-policy", "RetentionPolicy"),
                ("/v1/vulnerabilities/CVE-2023-0464/notes", "NoteList"),
                ("/v1/exceptions", "ExceptionList"),
                ("/v1/notification-endpoints", "NotificationEndpointList"), ("/v1/notifications", "NotificationList"),
                ("/v1/users", "UserList"),
                ("/v1/barred-agents", "BarredAgentList"),
                ("/v1/sessions", "SessionSummaryList"), ("/v1/api-tokens", "APITokenList"),
                ("/-/healthy", "Health"), ("/-/ready", "Health"), ("/.well-known/jwks.json", "JWKS"),
                ("/v1/nothing", "Error"),
            ]
            for (path, schema) in cases {
                let reply = try await client.send(.get, path, token: token)
                #expect(schemas.faults(in: reply.json.value, schema: schema) == [], "\(path)")
            }
            let user = try await client.send(
                .post, "/v1/users", token: token,
                json: #"{"email":"new@red.example","role":"viewer","password":"\#(Installation.password)"}"#)
            #expect(schemas.faults(in: user.json.value, schema: "User") == [])
            let reset = try await client.send(
                .post, "/v1/users/\(user.json["id"].text ?? "")/password-reset", token: token)
            #expect(schemas.faults(in: reset.json.value, schema: "PasswordReset") == [])
            let made = try await client.send(
                .post, "/v1/api-tokens", token: token,
                json: #"{"name":"ci","scopes":["findings:read"],"expires_in":3600}"#)
            #expect(schemas.faults(in: made.json.value, schema: "APIToken") == [])
            let session = try await client.signIn(installation.red.owner)
            #expect(schemas.faults(in: session.json.value, schema: "Session") == [])
        }
    }

    private static let validator: String? = {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-c", "import openapi_spec_validator"]
        process.standardError = FileHandle.nullDevice
        do { try process.run() } catch { return nil }
        process.waitUntilExit()
        return process.terminationStatus == 0 ? "python3" : nil
    }()

    @Test(.enabled(if: validator != nil, "openapi-spec-validator is missing for python3"))
    func theDocumentIsValid() throws {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = ["python3", "-m", "openapi_spec_validator", Self.file]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        #expect(process.terminationStatus == 0, "\(text)")
    }
}

/// A small reading of JSON Schema: types, members, lists, references, alternatives and words.
struct Schemas {
    private let schemas: [String: Any]

    init(_ document: Document) { schemas = document["components"]["schemas"].value as? [String: Any] ?? [:] }

    func faults(in value: Any?, schema name: String) -> [String] {
        guard let schema = schemas[name] as? [String: Any] else { return ["no schema \(name)"] }
        return faults(value, schema, "$")
    }

    private func faults(_ value: Any?, _ schema: [String: Any], _ place: String) -> [String] {
        if let reference = schema["$ref"] as? String {
            let name = reference.split(separator: "/").last.map(String.init) ?? ""
            return faults(value, schemas[name] as? [String: Any] ?? [:], place)
        }
        if let choices = schema["anyOf"] as? [[String: Any]] {
            let results = choices.map { faults(value, $0, place) }
            return results.contains { $0.isEmpty } ? [] : results[0]
        }
        let types = schema["type"] as? [String] ?? [schema["type"] as? String].compactMap { $0 }
        guard types.contains(where: { isOf($0, value) }) else { return ["\(place): not \(types)"] }
        if let words = schema["enum"] as? [String], let text = value as? String, !words.contains(text) {
            return ["\(place): \(text)"]
        }
        if let members = value as? [String: Any] { return faults(members: members, schema, place) }
        guard let items = value as? [Any], let item = schema["items"] as? [String: Any] else { return [] }
        return items.enumerated().flatMap { faults($1, item, "\(place)[\($0)]") }
    }

    private func faults(members: [String: Any], _ schema: [String: Any], _ place: String) -> [String] {
        guard let properties = schema["properties"] as? [String: [String: Any]] else { return [] }
        let required = schema["required"] as? [String] ?? []
        let missing = required.filter { members[$0] == nil }.map { "\(place).\($0): missing" }
        return missing
            + members.sorted { $0.key < $1.key }.flatMap { name, value in
                properties[name].map { faults(value, $0, "\(place).\(name)") } ?? ["\(place).\(name): not described"]
            }
    }

    private func isOf(_ type: String, _ value: Any?) -> Bool {
        switch type {
        case "null": value is NSNull
        case "string": value is String
        case "boolean", "number", "integer": value is NSNumber && !(value is String)
        case "array": value is [Any]
        case "object": value is [String: Any]
        default: false
        }
    }
}
