import Testing

@testable import VerdictClient

struct ConfigurationTests {
    @Test(arguments: [
        "", "host:8000", "ftp://host", "http://", "http://user@host", "http://user:word@host", "http://host?a=b",
        "http://host#a", "http://host:0", "http://host:70000", "unix:///socket",
    ])
    func whatIsNoEndpointIsNamed(_ text: String) {
        #expect(throws: RemoteVerdictConfigurationError.noEndpoint(text)) {
            try RemoteVerdictConfiguration(endpoints: ["http://localhost:8000", text])
        }
    }

    @Test func anEndpointIsTakenOnceAndWithoutItsLastSlash() throws {
        let configuration = try RemoteVerdictConfiguration(
            endpoints: ["http://a:8000/", "https://b/enrichment", "http://a:8000"])
        #expect(configuration.endpoints == ["http://a:8000", "https://b/enrichment"])
    }

    @Test func thereIsAtLeastOneEndpoint() {
        #expect(throws: RemoteVerdictConfigurationError.numberOfEndpoints(0)) {
            try RemoteVerdictConfiguration(endpoints: [])
        }
    }
}
