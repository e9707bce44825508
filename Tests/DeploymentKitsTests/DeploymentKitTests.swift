import AgentKit
import Foundation
import Testing

@testable import DeploymentKits

@Suite struct DeploymentKitTests {
    private static let token = "zte_Secret-7.Q"

    private func kit(
        server: String = "https://zerotrace.example.com", token: String = Self.token,
        package: String? = "https://files.example.com/zerotrace-agent.deb"
    ) throws(DeploymentKit.Refusal) -> DeploymentKit {
        try DeploymentKit(server: server, token: token, package: package) { "11111111-2222-4333-8444-555555555555" }
    }

    @Test(arguments: DeploymentKit.Target.allCases)
    func everyKitHasServerAndTokenAndSaysWhichFilesHoldIt(target: DeploymentKit.Target) throws {
        let files = try kit().files(for: target)
        #expect(files.contains { $0.holdsToken })
        #expect(files.contains { $0.text.contains("https://zerotrace.example.com") })
        for file in files { #expect(file.text.contains(Self.token) == file.holdsToken, "\(file.path)") }
    }

    /// Whatever starts a program must not name the token on its line.
    @Test(arguments: DeploymentKit.Target.allCases)
    func theTokenStandsOnNoCommandLine(target: DeploymentKit.Target) throws {
        for file in try kit().files(for: target) {
            for line in file.text.split(separator: "\n") where line.contains(Self.token) {
                let bare = line.replacingOccurrences(of: Self.token, with: "T").trimmingCharacters(in: .whitespaces)
                let expected = [
                    "T", "<string>T</string>", "zerotrace_enrollment_token: \"T\"",
                    // A statement of PowerShell itself, which starts nothing.
                    "New-ItemProperty -Path $path -Name 'enrollment_token' -PropertyType String -Value 'T' -Force | Out-Null",
                ]
                #expect(expected.contains(bare))
            }
        }
    }

    @Test func theAgentReadsItsConfiguration() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "kit-\(UUID().uuidString).json")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(kit().configuration.utf8).write(to: file)
        let settings = try AgentSettings(file: file.path)
        #expect(settings.server == "https://zerotrace.example.com")
        #expect(settings.tokenFile == "/etc/zerotrace/enrollment-token")
        #expect(throws: Never.self) { try settings.configuration(environment: [:]) }
    }

    @Test(arguments: ["zerotrace-agent.mobileconfig", "com.zerotrace.agent.plist"])
    func theProfileIsAPropertyList(path: String) throws {
        let file = try #require(try kit().files(for: .jamf).first { $0.path == path })
        let list = try PropertyListSerialization.propertyList(from: Data(file.text.utf8), format: nil)
        #expect(list is [String: Any])
    }

    @Test(arguments: [
        "", "zerotrace.example.com", "ftp://a", "https://", "https://a b", "https://a'", "https://a\"", "https://a<b>",
        "https://a&b",
        "https://a$(id)", "https://a`id`", "https://a\n", "https://a\\", "https://ä", "https://a;b", "https://u@a",
        "https://a?b", "https://{{x}}",
        "https://" + String(repeating: "a", count: 600),
    ])
    func anAddressThatWouldNeedQuotingIsRefused(text: String) {
        #expect(throws: DeploymentKit.Refusal.server) { try kit(server: text) }
        #expect(throws: DeploymentKit.Refusal.package) { try kit(package: text + ".deb") }
    }

    @Test(arguments: [
        "", " ", "a b", "a\nb", "a'b", "a\"b", "a$b", "a<b", "END\n", "é", "{{x}}", String(repeating: "a", count: 600),
    ])
    func aTokenThatIsNoneIsRefusedAndNotShown(text: String) {
        #expect(throws: DeploymentKit.Refusal.token) { try kit(token: text) }
        #expect(!"\(DeploymentKit.Refusal.token)".contains("a$b"))
    }

    @Test(arguments: ["https://a", "https://a:8443/base", "http://127.0.0.1:8420", "https://[2001:db8::1]:8443"])
    func addressesAreTaken(text: String) throws {
        #expect(try kit(server: text).configuration.contains("\"\(text)\""))
    }

    @Test func cloudInitNeedsAPackage() throws {
        #expect(throws: DeploymentKit.Refusal.package) { try kit(package: nil).files(for: .cloudInit) }
        #expect(throws: DeploymentKit.Refusal.package) { try kit(package: "https://a/agent.exe") }
        #expect(try kit(package: "https://a/x.rpm").files(for: .cloudInit)[0].text.contains("[rpm, -U, /run"))
    }
}
