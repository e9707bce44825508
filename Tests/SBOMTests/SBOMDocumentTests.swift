import Inventory
import PackageIdentity
import SBOM
import SeededRandom
import Testing

@Suite struct SBOMDocumentTests {
    private func read(_ text: String) throws -> SBOMContents {
        try SBOMDocument.read(Array(text.utf8))
    }

    private func bill(_ components: String, version: String = "1.6") -> String {
        "{\"bomFormat\": \"CycloneDX\", \"specVersion\": \"\(version)\", \"components\": [\(components)]}"
    }

    @Test(arguments: ["1.4", "1.5", "1.6", "1.7"])
    func readsEachVersion(version: String) throws {
        let component = #"{"type": "library", "name": "a", "version": "1", "purl": "pkg:npm/a@1"}"#
        let contents = try read(bill(component, version: version))
        #expect(contents.packages.map(\.description) == ["pkg:npm/a@1"])
        #expect(contents.warnings == [])
    }

    /// As Trivy writes a Debian image: the operating system, source package and epoch in properties and qualifiers, lock files as
    /// applications.
    static let trivyShape = #"""
        {"$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
         "metadata": {"component": {"type": "container", "name": "img", "purl": "pkg:oci/img@sha256%3A00"}},
         "components": [
          {"type": "operating-system", "name": "debian", "version": "12.5"},
          {"type": "application", "name": "app/package-lock.json",
           "properties": [{"name": "aquasecurity:trivy:Class", "value": "lang-pkgs"}]},
          {"type": "library", "name": "libssl3", "version": "3.0.11-1~deb12u2",
           "purl": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.5",
           "properties": [
            {"name": "aquasecurity:trivy:SrcName", "value": "openssl"}, {"name": "aquasecurity:trivy:SrcRelease", "value": "1~deb12u2"},
            {"name": "aquasecurity:trivy:SrcVersion", "value": "3.0.11"}]},
          {"type": "library", "name": "login", "version": "1:4.13+dfsg1-1+b1",
           "purl": "pkg:deb/debian/login@4.13%2Bdfsg1-1%2Bb1?arch=amd64&distro=debian-12.5&epoch=1",
           "properties": [
            {"name": "aquasecurity:trivy:SrcEpoch", "value": "1"}, {"name": "aquasecurity:trivy:SrcName", "value": "shadow"},
            {"name": "aquasecurity:trivy:SrcRelease", "value": "1"}, {"name": "aquasecurity:trivy:SrcVersion", "value": "4.13+dfsg1"}]},
          {"type": "library", "group": "@types", "name": "node", "version": "20.1.0", "purl": "pkg:npm/%40types/node@20.1.0"}
         ], "dependencies": []}
        """#

    @Test func readsTrivysShape() throws {
        let contents = try read(Self.trivyShape)
        #expect(
            contents.packages.map(\.description) == [
                "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.5&upstream=openssl",
                "pkg:deb/debian/login@1:4.13%2Bdfsg1-1%2Bb1?arch=amd64&distro=debian-12.5&upstream=shadow%401:4.13%2Bdfsg1-1",
                "pkg:npm/%40types/node@20.1.0",
            ])
        #expect(contents.warnings == [])
    }

    /// As syft writes it: files and the operating system are components too, CPEs and paths are properties.
    @Test func readsSyftsShape() throws {
        let contents = try read(
            bill(
                #"""
                {"bom-ref": "pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12&package-id=0a", "type": "library", "name": "apt",
                 "version": "2.6.1", "cpe": "cpe:2.3:a:apt:apt:2.6.1:*:*:*:*:*:*:*",
                 "purl": "pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12",
                 "properties": [{"name": "syft:package:foundBy", "value": "dpkg-db-cataloger"}]},
                {"type": "operating-system", "name": "debian", "version": "12", "swid": {"tagId": "debian"}},
                {"type": "file", "name": "/usr/bin/apt"}
                """#))
        #expect(contents.packages.map(\.description) == ["pkg:deb/debian/apt@2.6.1?arch=amd64&distro=debian-12"])
        #expect(contents.warnings == [])
    }

    @Test func readsWhatWeWrite() throws {
        let texts = [
            "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
            "pkg:npm/%40types/node@20.1.0",
            "pkg:pypi/requests@2.31.0",
        ]
        let inventory = Inventory(try texts.map { try PackageURL($0) })
        let report = ScanReport(inventory: inventory, host: HostFacts())
        let contents = try SBOMDocument.read(CycloneDX.write(report, toolVersion: "1", timestamp: nil))
        #expect(contents.packages == inventory.packages)
        #expect(contents.warnings == [])
    }

    @Test func findsNestedComponents() throws {
        let contents = try read(
            bill(
                #"""
                {"type": "application", "name": "outer", "version": "1", "purl": "pkg:npm/outer@1", "components": [
                  {"type": "library", "name": "middle", "components": [
                    {"type": "library", "name": "inner", "version": "2", "purl": "pkg:pypi/Inner@2"}]}]}
                """#))
        #expect(contents.packages.map(\.description) == ["pkg:npm/outer@1", "pkg:pypi/inner@2"])
        #expect(contents.warnings == ["middle: no package URL"])
    }

    @Test(arguments: [
        (#"{"type": "library", "name": "a", "version": "1"}"#, "a 1: no package URL"),
        (#"{"type": "library", "name": "a", "purl": "npm/a"}"#, "a: package URL"),
        (#"{"type": "library", "name": "a", "purl": "pkg:npm/a"}"#, "a: no version"),
        (#"{"type": "library", "name": "a", "purl": 5}"#, "a: no package URL"),
        (#"{"type": "library"}"#, "component without a name: no package URL"),
        (#"{}"#, "component without a name: no package URL"),
        (#"{"type": "library", "name": "a\u0007b"}"#, "a\u{FFFD}b: no package URL"),
    ])
    func warnsOfComponentsWithoutUsablePackage(component: String, warning: String) throws {
        let contents = try read(bill(component + #", {"type": "library", "purl": "pkg:npm/b@1"}"#))
        #expect(contents.packages.map(\.description) == ["pkg:npm/b@1"])
        #expect(contents.warnings.count == 1 && contents.warnings[0].hasPrefix(warning), "\(contents.warnings)")
    }

    /// Of what has no version nobody can say anything, which a report is to say.
    @Test(arguments: [
        (#"{"type": "library", "name": "a", "purl": "pkg:npm/a"}"#, 1), (#"{"type": "library", "name": "a"}"#, 1),
        (#"{"type": "container", "purl": "pkg:oci/a"}"#, 1), (#"{"type": "container", "name": "a"}"#, 0),
        (#"{"type": "library", "name": "a", "purl": "npm/a"}"#, 0),
        (#"{"type": "library", "name": "a", "version": "1", "purl": "npm/a"}"#, 1), (#"{"type": "library"}"#, 0),
        // Trivy's lock files.
        (#"{"type": "application", "name": "package-lock.json"}"#, 0),
    ])
    func componentsWithoutVersionDoNotVanish(component: String, count: Int) throws {
        let contents = try read(bill(component))
        #expect(contents.components.count == count)
        #expect(contents.packages == [])
    }

    @Test func takesTheVersionThatThePackageURLLacks() throws {
        let contents = try read(bill(#"{"type": "library", "name": "a", "version": "1.5", "purl": "pkg:npm/a"}"#))
        #expect(contents.packages.map(\.description) == ["pkg:npm/a@1.5"])
    }

    @Test func repeatedPackagesCountOnce() throws {
        let component = #"{"type": "library", "purl": "pkg:npm/a@1"}"#
        #expect(try read(bill("\(component), \(component)")).packages.count == 1)
    }

    @Test func billWithoutComponentsIsEmpty() throws {
        for text in [bill(""), #"{"bomFormat": "CycloneDX", "specVersion": "1.5"}"#] {
            #expect(try read(text) == SBOMContents(format: .cycloneDXJSON, components: [], warnings: []))
        }
    }

    @Test func boundsWarnings() throws {
        let component = #"{"type": "library", "name": "a"}"#
        let count = SBOMDocument.maximumWarnings + 5
        let contents = try read(bill(Array(repeating: component, count: count).joined(separator: ",")))
        #expect(contents.warnings.count == SBOMDocument.maximumWarnings + 1)
        #expect(contents.warnings.last == "5 more components without a usable package URL")
    }

    @Test(arguments: [
        ("[]", SBOMError.unknownFormat),
        ("null", .unknownFormat),
        (#"{"bomFormat": "CycloneDX"}"#, .wrongShape(member: "specVersion")),
        (#"{"bomFormat": "CycloneDX", "specVersion": 1.6}"#, .wrongShape(member: "specVersion")),
        (
            #"{"bomFormat": "CycloneDX", "specVersion": "1.3"}"#,
            .unsupportedVersion(format: "CycloneDX", version: "1.3")
        ),
        (
            #"{"bomFormat": "CycloneDX", "specVersion": "2.0"}"#,
            .unsupportedVersion(format: "CycloneDX", version: "2.0")
        ),
        (#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": {}}"#, .wrongShape(member: "components")),
        (#"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [3]}"#, .wrongShape(member: "components")),
        (
            #"{"bomFormat": "CycloneDX", "specVersion": "1.6", "components": [{"type": "file", "components": 1}]}"#,
            .wrongShape(member: "components.components")
        ),
    ])
    func refusesWhatIsNoBill(text: String, error: SBOMError) {
        #expect(throws: error) { try read(text) }
    }

    @Test(arguments: ["", "{", "\u{FEFF}", "{\"bomFormat\": \"CycloneDX\"", String(repeating: "[", count: 100_000)])
    func refusesWhatIsNoJSON(text: String) {
        let error = #expect(throws: SBOMError.self) { try read(text) }
        guard case .malformed = error else {
            Issue.record("\(String(describing: error))")
            return
        }
    }

    @Test func refusesDeepNesting() {
        var component = #"{"type": "file"}"#
        for _ in 0..<100 { component = #"{"type": "file", "components": [\#(component)]}"# }
        #expect(throws: SBOMError.malformed(reason: "nested deeper than 128 levels")) { try read(bill(component)) }
    }

    @Test func neverTrapsOnMutatedBills() {
        var random = SplitMix(seed: 3)
        for _ in 0..<5_000 {
            let bytes = random.mutated(Array(Self.trivyShape.utf8))
            guard let contents = try? SBOMDocument.read(bytes) else { continue }
            #expect(contents.packages == contents.packages.sorted())
            #expect(contents.packages.allSatisfy { $0.version != nil })
        }
    }
}
