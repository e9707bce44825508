import Foundation
import Testing

@testable import Notifications

struct StandardWebhookTests {
    /// Example of the specification's own library.
    @Test func theSignatureIsThatOfTheSpecification() throws {
        let secret = try #require(Data(base64Encoded: "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"))
        let signature = StandardWebhook.signature(
            id: "msg_p5jXN8AQM9LWM0D4loKWxJek", timestamp: 1_614_265_330, body: #"{"test": 2432232314}"#,
            secret: [UInt8](secret))
        #expect(signature == "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")
    }

    @Test func secretsAreFreshAndInTheUsualForm() {
        let (first, second) = (StandardWebhook.makeSecret(), StandardWebhook.makeSecret())
        #expect(first != second)
        #expect(first.count == 32)
        #expect(StandardWebhook.text(of: [0, 1, 2]) == "whsec_AAEC")
    }

    @Test func restsGrowToHalfADayAndEnd() {
        let schedule = RetrySchedule()
        let rests = (1...12).map { schedule.rest(after: $0, chance: 0.5).map { Int($0) } }
        #expect(
            rests == [5, 25, 125, 625, 3_125, 15_625, 43_200, 43_200, 43_200, 43_200, 43_200, nil])
        #expect(schedule.rest(after: 1, chance: 0) == 3.75)
        #expect(schedule.rest(after: 1, chance: 1) == 6.25)
    }
}

/// Nobody who may make an endpoint gets to see the operator's network.
struct TargetPolicyTests {
    @Test(arguments: [
        "0.0.0.0", "10.1.2.3", "100.64.0.1", "127.0.0.1", "169.254.169.254", "172.16.0.1", "172.31.255.255",
        "192.0.0.8",
        "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.51.100.7", "203.0.113.9", "224.0.0.1", "240.0.0.1",
        "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::10.0.0.1", "64:ff9b::7f00:1",
        "64:ff9b:1::1", "fe80::1", "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
        "100::1", "3fff::1", "fec0::1",
    ])
    func isNotPublic(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(!address.isPublic)
    }

    @Test(arguments: [
        "8.8.8.8", "1.1.1.1", "172.15.255.255", "172.32.0.1", "100.63.255.255", "100.128.0.1", "192.0.1.1",
        "223.255.255.1",
        "2606:4700::1111", "2a00:1450::1", "::ffff:8.8.8.8", "64:ff9b::808:808",
    ])
    func isPublic(_ text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(address.isPublic)
    }

    @Test(
        arguments: [
            ("https://example.com/hook?key=1", nil), ("http://example.com/", "not https"),
            ("ftp://example.com/", "neither http nor https"), ("https:///x", "not a URL with a host"),
            ("example.com", "not a URL with a host"), ("https://user@example.com/", "holds a name or password"),
            ("https://127.0.0.1/", "an address that is not public"),
            ("https://[::1]:8443/", "an address that is not public"),
            ("https://[::ffff:169.254.169.254]/", "an address that is not public"), ("https://8.8.8.8/", nil),
            ("http://Hook.internal:8080/x", nil), ("https://exa mple.com/", "not a URL with a host"),
            ("https://" + String(repeating: "a", count: 2_000), "not a URL with a host"),
            ("https://%5B%5D/", "not a URL with a host"), ("https://a%00b/", "not a URL with a host"),
            ("https://[]/", "not a URL with a host"), ("https://%31%32%37.0.0.1/", "not a URL with a host"),
            ("https://[fe80::1%25eth0]/", "not a URL with a host"),
        ] as [(String, String?)])
    func urlsAreLookedAtBeforeAnythingIsSent(_ url: String, _ fault: String?) {
        #expect(TargetPolicy(trusted: ["hook.internal"]).fault(in: url) == fault)
    }

    /// The client looks its address up by the host of the URL: written otherwise, it would ask the name again, and be told another address.
    @Test(arguments: [
        ("https://EXAMPLE.com/Hook?Key=A", "https://example.com/Hook?Key=A", "example.com"),
        ("HTTPS://Example.COM:8443", "HTTPS://example.com:8443", "example.com"),
        ("https://[2606:4700::ABCD]:8443/x", "https://[2606:4700::abcd]:8443/x", "2606:4700::abcd"),
    ])
    func theURLThatIsAskedNamesTheHostThatWasChecked(_ text: String, _ url: String, _ host: String) throws {
        let target = try #require(Target(text))
        #expect(target.url == url)
        #expect(target.host == host)
        #expect(URL(string: target.url)?.host == host)
    }

    @Test func everyAddressOfANameHasToBePublic() throws {
        let policy = TargetPolicy(trusted: ["hook.internal"])
        let chosen = try policy.choose("example.com", among: ["8.8.8.8", "2606:4700::1111"])
        #expect(chosen == "8.8.8.8")
        #expect(throws: TargetRefused.self) { try policy.choose("example.com", among: ["8.8.8.8", "10.0.0.1"]) }
        #expect(throws: TargetRefused.self) { try policy.choose("example.com", among: []) }
        let trusted = try policy.choose("HOOK.internal", among: ["10.0.0.1"])
        #expect(trusted == "10.0.0.1")
    }
}
