import Foundation
import LoopbackTesting
import Testing
import Wire

@testable import AgentKit

@Suite(.timeLimit(.minutes(5))) struct DoctorTests {
    private let state: TemporaryFolder

    init() throws {
        state = try TemporaryFolder()
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: state.path)
    }

    private static let now: Int64 = 784_111_777

    private func examine(
        server: String?, token: String? = "secret", change: (inout AgentSettings) -> Void = { _ in }
    ) async -> [Diagnosis.Check: Diagnosis] {
        var settings = AgentSettings()
        settings.server = server
        settings.stateFolder = state.path
        settings.proxy = "none"
        change(&settings)
        let environment = token.map { ["ZEROTRACE_ENROLLMENT_TOKEN": $0] } ?? [:]
        let configuration: Result<AgentConfiguration, AgentSettingsError>
        do throws(AgentSettingsError) {
            configuration = .success(try settings.configuration(environment: environment))
        } catch {
            configuration = .failure(error)
        }
        let diagnoses = await Doctor(settings: settings, configuration: configuration, now: { Self.now }).examine()
        #expect(diagnoses.map(\.check.rawValue).sorted() == Diagnosis.Check.allCases.map(\.rawValue).sorted())
        for diagnosis in diagnoses {
            #expect((diagnosis.outcome == .failed || diagnosis.outcome == .warning) == (diagnosis.advice != nil))
            #expect(!diagnosis.finding.contains("secret"))
        }
        return Dictionary(uniqueKeysWithValues: diagnoses.map { ($0.check, $0) })
    }

    /// A server that answers as ours does to what it does not know.
    private func withServer(
        status: Int = 404, date: String? = "Sun, 06 Nov 1994 08:49:37 GMT", body: String? = nil,
        _ check: (String) async throws -> Void
    ) async throws {
        let detail = ErrorReply.Detail(code: "not_found", message: "no", requestID: "r")
        let ours = try JSONEncoder().encode(ErrorReply(error: detail))
        let bytes = body.map { Array($0.utf8) } ?? Array(ours)
        try await LoopbackServer.with(handler: { _ in
            .answer(status, headers: date.map { ["Date": $0] } ?? [:], body: bytes)
        }) { try await check($0.url) }
    }

    @Test func whereAllIsWellNothingIsAdvised() async throws {
        try await withServer { server in
            let found = await examine(server: server)
            #expect(found.values.allSatisfy { $0.outcome == .ok })
        }
        #expect(try FileManager.default.contentsOfDirectory(atPath: state.path) == [], "the doctor makes no key")
    }

    @Test func withoutConfigurationTheMachineIsStillLookedAt() async {
        let found = await examine(server: nil)
        #expect(found[.configuration]?.outcome == .failed && found[.state]?.outcome == .ok)
        #expect(found[.name]?.outcome == .skipped && found[.diskSpace]?.outcome == .ok)
    }

    @Test func aNameThatNobodyKnowsIsNamed() async {
        let found = await examine(server: "https://nowhere.invalid")
        #expect(found[.name]?.outcome == .failed && found[.name]?.finding.contains("nowhere.invalid") == true)
        #expect(found[.connection]?.outcome == .skipped && found[.clock]?.outcome == .skipped)
    }

    @Test func aClosedPortIsNamed() async throws {
        let server = try await LoopbackServer { _ in .hangUp }
        try await server.stop()
        let found = await examine(server: server.url)
        #expect(found[.connection]?.outcome == .failed && found[.connection]?.finding.contains("refused") == true)
        #expect(found[.server]?.outcome == .skipped)
    }

    @Test func aServerThatHangsUpSpeaksNoTLSOrFailsIsNamed() async throws {
        try await LoopbackServer.with(handler: { _ in .hangUp }) { server in
            #expect(await examine(server: server.url)[.server]?.outcome == .failed)
            let secured = server.url.replacingOccurrences(of: "http://", with: "https://")
            #expect(await examine(server: secured)[.server]?.outcome == .failed)
        }
        try await withServer(status: 502) { server in
            #expect(await examine(server: server)[.server]?.outcome == .failed)
        }
    }

    @Test func anotherSiteInTheServersPlaceIsNoticed() async throws {
        try await withServer(status: 200, body: "<html>Please sign in</html>") { server in
            #expect(await examine(server: server)[.server]?.outcome == .warning)
        }
    }

    @Test(
        arguments: [
            ("Sun, 06 Nov 1994 08:49:37 GMT", .ok), ("Sun, 06 Nov 1994 08:50:37 GMT", .ok),
            ("Sun, 06 Nov 1994 08:50:38 GMT", .warning), ("Tue, 06 Nov 1996 08:49:37 GMT", .warning), (nil, .skipped),
            ("yesterday", .skipped), ("Sun, 06 Nov 1994 08:49 GMT", .skipped),
            ("Sun, 99 Nov 1994 08:49:37 GMT", .skipped),
        ] as [(String?, Diagnosis.Outcome)])
    func theClockIsComparedWithTheServers(date: String?, outcome: Diagnosis.Outcome) async throws {
        try await withServer(date: date) { server in
            #expect(await examine(server: server)[.clock]?.outcome == outcome)
        }
    }

    @Test func whatOthersMayReadIsNamed() async throws {
        try state.write("token", "secret".utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: state.file("token"))
        try state.write("credential.json", "{}".utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: state.file("credential.json"))
        let found = await examine(server: "http://127.0.0.1:9") { $0.tokenFile = state.file("token") }
        #expect(found[.configuration]?.outcome == .warning && found[.state]?.outcome == .failed)
        #expect(found[.enrollment]?.outcome == .failed, "a damaged credential")
    }

    @Test func plainHTTPAcrossANetworkIsWarnedOf() async {
        #expect(await examine(server: "http://nowhere.invalid")[.configuration]?.outcome == .warning)
    }

    @Test func withoutATokenThereIsNoEnrolling() async {
        #expect(await examine(server: "http://127.0.0.1:9", token: nil)[.enrollment]?.outcome == .failed)
    }

    /// Tunnels are asked for by CONNECT, also for plain HTTP (RFC 9110 section 9.3.6).
    @Test func whatIsAskedGoesThroughTheProxy() async throws {
        try await LoopbackServer.with(handler: {
            .answer($0.method == "CONNECT" && $0.path == "far.invalid:80" ? 407 : 500)
        }) { proxy in
            let found = await examine(server: "http://far.invalid") { $0.proxy = proxy.url }
            #expect(found[.proxy]?.finding == "through \(proxy.url)" && found[.connection]?.outcome == .ok)
            #expect(found[.server]?.finding == "the proxy asks for a name and password")
        }
    }
}
