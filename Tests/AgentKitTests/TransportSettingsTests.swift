import NIOSSL
import Testing

@testable import AgentKit

@Suite struct TransportSettingsTests {
    private func configuration(authorities: String? = nil) -> AgentConfiguration {
        AgentConfiguration(server: "https://example.com/", stateFolder: "", certificateAuthorities: authorities)
    }

    @Test func everyWaitHasAnEnd() throws {
        let settings = try TransportSettings.make(configuration())
        #expect(settings.timeout.connect != nil && settings.timeout.read != nil)
        #expect(!settings.connectionPool.retryConnectionEstablishment)
        #expect(settings.tlsConfiguration?.minimumTLSVersion == .tlsv12)
    }

    @Test(arguments: [nil, "no certificate"])
    func authoritiesThatCannotBeReadAreNamed(text: String?) throws {
        let folder = try TemporaryFolder()
        if let text { try folder.write("ca.pem", text.utf8) }
        let path = folder.file("ca.pem")
        #expect(throws: AgentError.state(path: path, reason: "holds no certificates that can be read")) {
            try TransportSettings.make(configuration(authorities: path))
        }
    }

    @Test func theBaseURLHasNoSlashAtItsEnd() {
        #expect(configuration().server == "https://example.com")
    }
}
