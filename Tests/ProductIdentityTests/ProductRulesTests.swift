import Foundation
import PackageIdentity
import ProductIdentity
import Testing

/// Installed applications in, CPE names out.
struct ProductRulesTests {
    private func names(_ product: InstalledProduct, _ rules: ProductRules = .builtIn) -> [String] {
        rules.candidates(for: product).map { $0.cpe.uri }
    }

    @Test(
        arguments: [
            (
                "pkg:generic/nginx@1.25.3",
                ["cpe:/a:f5:nginx_open_source:1.25.3", "cpe:/a:f5:nginx:1.25.3", "cpe:/a:nginx:nginx:1.25.3"]
            ),
            ("pkg:github/openssl/openssl@v3.0.7", ["cpe:/a:openssl:openssl:3.0.7"]),
            ("pkg:docker/redis@7.2.1-alpine3.18", ["cpe:/a:redis:redis:7.2.1", "cpe:/a:redislabs:redis:7.2.1"]),
            ("pkg:docker/library/redis@7.2.1", ["cpe:/a:redis:redis:7.2.1", "cpe:/a:redislabs:redis:7.2.1"]),
            // Somebody's own image of that name.
            ("pkg:docker/someone/redis@7.2.1", []),
            ("pkg:brew/libssh2@1.11.0_1", ["cpe:/a:libssh2:libssh2:1.11.0"]),
            ("pkg:generic/openssh@9.3p1", ["cpe:/a:openbsd:openssh:9.3:p1"]),
            ("pkg:generic/linux@6.1.76", ["cpe:/o:linux:linux_kernel:6.1.76"]),
            ("pkg:generic/never-heard-of@1", []),
            // Types with an ecosystem of their own say nothing by a bare name.
            ("pkg:npm/redis@4.0.0", []), ("pkg:deb/debian/nginx@1.22?distro=debian-12", []),
            // A distribution nobody publishes advisories for.
            ("pkg:rpm/fedora/busybox@1.36.1-2.fc39?distro=fedora-39", ["cpe:/a:busybox:busybox:1.36.1"]),
            // Behind an epoch, before the number of the build.
            ("pkg:alpm/arch/busybox@1:1.36.1-2?arch=x86_64&distro=arch", ["cpe:/a:busybox:busybox:1.36.1"]),
            ("pkg:deb/kali/busybox@1:1.36.1-2?distro=kali", ["cpe:/a:busybox:busybox:1.36.1"]),
            ("pkg:flatpak/org.mozilla.firefox@120.0.1?arch=x86_64", ["cpe:/a:mozilla:firefox:120.0.1"]),
            ("pkg:flatpak/firefox@120.0.1", []),
            ("pkg:snap/libssh2@1.11.0-3", ["cpe:/a:libssh2:libssh2:1.11.0"]),
        ] as [(String, [String])])
    func packagesNameProducts(_ purl: String, _ expected: [String]) throws {
        #expect(names(InstalledProduct(package: try PackageURL(purl))) == expected)
    }

    struct Application: Sendable {
        var name: String?
        var publisher: String?
        var bundle: String?
        var product: String?
        var certainty: ProductCandidate.Certainty?
        init(
            _ name: String?, _ publisher: String?, _ bundle: String?, _ product: String?,
            _ certainty: ProductCandidate.Certainty?
        ) {
            (self.name, self.publisher, self.bundle) = (name, publisher, bundle)
            (self.product, self.certainty) = (product, certainty)
        }
    }

    @Test(arguments: [
        Application("Mozilla Firefox (x64 en-US)", "Mozilla", nil, "mozilla:firefox", .identified),
        Application("Mozilla Firefox 115.0 ESR (x64 de)", "Mozilla Corporation", nil, "mozilla:firefox", .identified),
        Application("Firefox", nil, "org.mozilla.firefox", "mozilla:firefox", .identified),
        Application("firefox", nil, nil, "mozilla:firefox", .presumed),
        Application("Firefox", "Somebody Else", nil, nil, nil),
        Application("7-Zip 22.01 (x64)", "Igor Pavlov", nil, "7-zip:7-zip", .identified),
        Application("PuTTY release 0.78 (64-bit)", "Simon Tatham", nil, "putty:putty", .identified),
        Application("Notepad++ (64-bit x64)", "Notepad++ Team", nil, "notepad-plus-plus:notepad++", .identified),
        Application("Zoom", nil, "us.zoom.xos", "zoom:workplace_desktop", .identified),
        Application("GIMP 2.10.34", "The GIMP Team", nil, "gimp:gimp", .identified),
        Application(
            "Microsoft Visual Studio Code (User)", "Microsoft Corporation", nil, "microsoft:visual_studio_code",
            .identified),
        Application("Sublime Text", nil, "com.sublimetext.4", "sublimetext:sublime_text", .identified),
        Application("Unknown Tool", "Unknown Ltd", "com.unknown.tool", nil, nil), Application(nil, nil, nil, nil, nil),
    ])
    func applicationsNameProducts(_ example: Application) {
        let found = ProductRules.builtIn.candidates(
            for: InstalledProduct(
                name: example.name, version: "1.0", publisher: example.publisher, bundleID: example.bundle)
        )
        #expect(found.first?.cpe.productKey == example.product)
        #expect(found.first?.certainty == example.certainty)
        #expect(found.first.map { $0.cpe.version.text } ?? "1.0" == "1.0")
    }

    @Test(
        arguments: [
            ("8u392", "1.8.0", "update392"), ("1.8.0_392-b08", "1.8.0", "update392"),
            ("8.0.3920.8", "1.8.0", "update392"),
            ("17.0.9+9", "17.0.9", nil), ("21", "21", nil),
        ] as [(String, String, String?)])
    func javaHasUpdates(_ version: String, _ number: String, _ update: String?) throws {
        let found = ProductRules.builtIn.candidates(
            for: InstalledProduct(name: "Java SE Development Kit 8 Update 392", version: version, publisher: "Oracle"))
        let first = try #require(found.first?.cpe)
        #expect(first.productKey == "oracle:jdk")
        #expect((first.version.text, first[.update].text) == (number, update))
    }

    @Test func statedNamesAreBelievedAndBringTheirOtherNames() throws {
        let stated = try CPEName("cpe:2.3:a:nginx:nginx:1.25.3:*:*:*:*:*:*:*")
        let found = ProductRules.builtIn.candidates(
            for: InstalledProduct(cpes: [stated], name: "Firefox", version: "9"))
        #expect(found.map(\.cpe.productKey) == ["nginx:nginx", "f5:nginx_open_source", "f5:nginx"])
        #expect(found.map(\.certainty) == [.stated, .identified, .identified])
        #expect(found.allSatisfy { $0.cpe.version.text == "1.25.3" })
        let open = ProductRules.builtIn.candidates(
            for: InstalledProduct(cpes: [try CPEName("cpe:/a:acme:tool")], version: "2"))
        #expect(open.map(\.cpe.uri) == ["cpe:/a:acme:tool:2"])
    }

    @Test func aUsersRulesExtendAndReplace() throws {
        let own = try ProductRules(
            json: Array(
                """
                {"rules": [
                  {"id": "acme", "names": ["Acme * Viewer"], "publishers": ["Acme*"], "cpes": ["acme:viewer"], "target": "windows", "version": "parts:2"},
                  {"id": "putty", "cpes": []}
                ]}
                """.utf8))
        let rules = ProductRules.builtIn.overridden(by: own)
        #expect(rules.count == ProductRules.builtIn.count + 1)
        #expect(
            names(InstalledProduct(name: "ACME  Super Viewer", version: "3.4.5", publisher: "Acme Inc."), rules)
                == ["cpe:/a:acme:viewer:3.4::~~~windows~~"])
        #expect(names(InstalledProduct(name: "PuTTY", version: "0.78"), rules).isEmpty)
        #expect(names(InstalledProduct(name: "PuTTY", version: "0.78")) == ["cpe:/a:putty:putty:0.78"])
    }

    @Test(
        arguments: [
            ("{", nil, 1), ("{\"rules\": [\n{\"id\": \"a\",\n ]}", nil, nil), ("[]", nil, nil), ("{}", nil, nil),
            (#"{"rules": [1]}"#, 1, nil), (#"{"rules": [{"cpes": []}]}"#, 1, nil),
            (#"{"rules": [{"id": "a"}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": []}, {"id": "a", "cpes": []}]}"#, 2, nil),
            (#"{"rules": [{"id": "a", "cpes": ["x"]}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": ["x:*"]}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": [], "name": []}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": [], "names": [1]}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": [], "names": "b"}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": [], "version": "odd"}]}"#, 1, nil),
            (#"{"rules": [{"id": "a", "cpes": [], "purls": ["x"]}]}"#, 1, nil),
        ] as [(String, Int?, Int?)])
    func brokenFilesAreRefusedWithTheirPlace(_ text: String, _ rule: Int?, _ line: Int?) {
        let error = #expect(throws: ProductRulesError.self) { try ProductRules(json: Array(text.utf8)) }
        #expect(error?.rule == rule)
        if let line { #expect(error?.line ?? line == line) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test func builtInRulesAreManyAndEachNamesItsProduct() {
        #expect(ProductRules.builtIn.count >= 350)
    }
}
