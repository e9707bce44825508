import SBOM
import SeededRandom
import Testing

/// The formats other than CycloneDX JSON, each with a small document in the shape that its producers write.
@Suite struct SBOMFormatsTests {
    private func read(_ text: String) throws -> SBOMContents { try SBOMDocument.read(Array(text.utf8)) }

    // MARK: - CycloneDX XML

    static let xml = """
        <?xml version="1.0" encoding="UTF-8"?>
        <bom xmlns="http://cyclonedx.org/schema/bom/1.5" version="1">
          <metadata><component type="operating-system"><name>alpine</name><version>3.18.4</version></component></metadata>
          <!-- what is installed -->
          <components>
            <component type="library" bom-ref="a">
              <supplier><name>Example &amp; Sons</name></supplier>
              <name>openssl</name><version>3.1.3-r0</version>
              <purl>pkg:apk/alpine/libssl3@3.1.3-r0?arch=x86_64</purl>
              <properties><property name="syft:metadata:originPackage">openssl</property></properties>
              <components>
                <component type="library"><name>inner</name><purl><![CDATA[pkg:npm/inner@2.0.0]]></purl></component>
              </components>
            </component>
            <component type="application"><publisher>ACME</publisher><name>Tool</name><version>4</version>
              <cpe>cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*</cpe></component>
          </components>
        </bom>
        """

    @Test func readsCycloneDXInXML() throws {
        let contents = try read(Self.xml)
        #expect(contents.format == .cycloneDXXML)
        #expect(
            contents.packages.map(\.description) == [
                "pkg:apk/alpine/libssl3@3.1.3-r0?arch=x86_64&distro=alpine-3.18.4&upstream=openssl",
                "pkg:npm/inner@2.0.0",
            ])
        #expect(contents.components[0].publisher == "Example & Sons")
        #expect(contents.components[0].statedPackageURL == "pkg:apk/alpine/libssl3@3.1.3-r0?arch=x86_64")
        #expect(
            contents.components.last
                == SBOMComponent(
                    package: nil, name: "Tool", version: "4", publisher: "ACME",
                    cpes: ["cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*"]))
        #expect(contents.warnings == [])
    }

    @Test func readsXMLInUTF16() throws {
        let text = Self.xml.replacing("UTF-8", with: "UTF-16")
        let units: [[UInt8]] = text.utf16.map { [UInt8($0 & 0xFF), UInt8($0 >> 8)] }
        let bytes: [UInt8] = [0xFF, 0xFE] + units.joined()
        #expect(try SBOMDocument.read(bytes).packages == read(Self.xml).packages)
    }

    @Test(arguments: [
        ("<bom/>", SBOMError.unknownFormat),
        ("<html xmlns='http://www.w3.org/1999/xhtml'/>", .unknownFormat),
        (
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.2'/>",
            .unsupportedVersion(format: "CycloneDX", version: "1.2")
        ),
        (
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'>",
            .malformed(reason: "no element found (line 1, column 50)")
        ),
        ("<a>\n<b></a>", .unknownFormat),
        (
            "<!DOCTYPE bom [<!ENTITY a 'aaaaaaaaaa'><!ENTITY b '&a;&a;&a;'>]><bom>&b;</bom>",
            .malformed(reason: "document type declarations are refused (line 1, column 15)")
        ),
        (
            "<!DOCTYPE bom SYSTEM 'file:///etc/passwd'><bom/>",
            .malformed(reason: "document type declarations are refused (line 1, column 42)")
        ),
    ])
    func refusesWhatIsNoCycloneDX(text: String, error: SBOMError) {
        #expect(throws: error) { try read(text) }
    }

    @Test func boundsTheDepthOfXML() {
        let text =
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'>"
            + String(repeating: "<components><component>", count: 100)
        let error = #expect(throws: SBOMError.self) { try read(text) }
        #expect("\(error as Any)".contains("nested deeper than 128 levels"))
    }

    @Test func boundsTheTextOfOneElement() {
        let text =
            "<bom xmlns='http://cyclonedx.org/schema/bom/1.5'><x>" + String(repeating: "a", count: 1_100_000)
            + "</x></bom>"
        let error = #expect(throws: SBOMError.self) { try read(text) }
        #expect("\(error as Any)".contains("more than 1048576 bytes of text"))
    }

    // MARK: - SPDX

    static let spdx2 = """
        {"spdxVersion": "SPDX-2.3", "SPDXID": "SPDXRef-DOCUMENT", "name": "host", "packages": [
          {"SPDXID": "SPDXRef-os", "name": "debian", "versionInfo": "12.5", "primaryPackagePurpose": "OPERATING-SYSTEM"},
          {"SPDXID": "SPDXRef-1", "name": "libssl3", "versionInfo": "3.0.11-1~deb12u2", "supplier": "Organization: Debian (a@example.org)",
           "sourceInfo": "built package from: openssl 3.0.11-1~deb12u2",
           "externalRefs": [{"referenceCategory": "PACKAGE-MANAGER", "referenceType": "purl",
             "referenceLocator": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64"}]},
          {"SPDXID": "SPDXRef-2", "name": "Tool", "versionInfo": "4", "supplier": "Organization: ACME", "externalRefs": [
             {"referenceType": "cpe23Type", "referenceLocator": "cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*"}]},
          {"SPDXID": "SPDXRef-3", "name": "lost", "versionInfo": "NOASSERTION"},
          {"SPDXID": "SPDXRef-4", "name": "image", "primaryPackagePurpose": "CONTAINER"}]}
        """

    private static let stated = [
        "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12.5&upstream=openssl"
    ]

    @Test func readsSPDX2() throws {
        let contents = try read(Self.spdx2)
        #expect(contents.format == .spdx2)
        #expect(contents.packages.map(\.description) == Self.stated)
        #expect(contents.components[0].publisher == "Debian")
        #expect(contents.components.map(\.name) == ["libssl3", "Tool", "lost"])
        #expect(contents.warnings == ["lost: no package URL"])
    }

    static let spdx3 = """
        {"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": [
          {"type": "CreationInfo", "@id": "_:c", "specVersion": "3.0.1", "created": "2026-01-01T00:00:00Z"},
          {"type": "Organization", "spdxId": "urn:acme", "name": "ACME", "creationInfo": "_:c"},
          {"type": "software_Package", "spdxId": "urn:os", "name": "Debian GNU/Linux", "software_packageVersion": "12.5",
           "software_primaryPurpose": "operatingSystem"},
          {"type": "software_Package", "spdxId": "urn:p1", "name": "libssl3", "software_packageVersion": "3.0.11-1~deb12u2",
           "software_packageUrl": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64",
           "software_sourceInfo": "built package from: openssl 3.0.11-1~deb12u2"},
          {"type": "software_Package", "spdxId": "urn:p2", "name": "Tool", "software_packageVersion": "4", "suppliedBy": "urn:acme",
           "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "cpe23",
             "identifier": "cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*"}]},
          {"type": "software_Package", "spdxId": "urn:p3", "name": "other",
           "externalIdentifier": [{"type": "ExternalIdentifier", "externalIdentifierType": "packageUrl", "identifier": "pkg:npm/other@1.0.0"}]},
          {"type": "software_File", "spdxId": "urn:f", "name": "file"}]}
        """

    @Test func readsSPDX3() throws {
        let contents = try read(Self.spdx3)
        #expect(contents.format == .spdx3)
        #expect(contents.packages.map(\.description) == Self.stated + ["pkg:npm/other@1.0.0"])
        #expect(contents.components.last?.publisher == "ACME")
        #expect(contents.components.last?.cpes == ["cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*"])
        #expect(contents.warnings == [])
    }

    @Test(arguments: [
        (#"{"spdxVersion": "SPDX-1.2"}"#, SBOMError.unsupportedVersion(format: "SPDX", version: "SPDX-1.2")),
        (#"{"spdxVersion": 2.3}"#, .wrongShape(member: "spdxVersion")),
        (#"{"spdxVersion": "SPDX-2.3", "packages": {}}"#, .wrongShape(member: "packages")),
        (
            #"{"@context": "https://spdx.org/rdf/4.0.0/spdx-context.jsonld", "@graph": []}"#,
            .unsupportedVersion(format: "SPDX", version: "4.0.0")
        ),
        (#"{"@context": "https://example.org/", "@graph": []}"#, .unknownFormat),
        (
            #"{"@context": "https://spdx.org/rdf/3.0.1/spdx-context.jsonld", "@graph": 1}"#,
            .wrongShape(member: "@graph")
        ),
        (#"{"artifacts": 1}"#, .wrongShape(member: "artifacts")),
    ])
    func refusesOtherShapes(text: String, error: SBOMError) {
        #expect(throws: error) { try read(text) }
    }

    // MARK: - syft

    static let syft = """
        {"artifacts": [
          {"name": "libssl3", "version": "3.0.11-1~deb12u2", "type": "deb", "cpes": [{"cpe": "cpe:2.3:a:libssl3:libssl3:3:*:*:*:*:*:*:*"}],
           "purl": "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64", "metadata": {"source": "openssl", "sourceVersion": ""}},
          {"name": "nodejs", "version": "1:18.19.0-1.module_el9", "type": "rpm",
           "purl": "pkg:rpm/redhat/nodejs@18.19.0-1.module_el9?arch=x86_64&distro=rhel-9.3&epoch=1",
           "metadata": {"epoch": 1, "modularityLabel": "nodejs:18:90300:rhel9", "sourceRpm": "nodejs-18.19.0-1.module_el9.src.rpm"}},
          {"name": "tool", "version": "4", "type": "binary", "cpes": ["cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*"], "purl": "pkg:generic/tool@4"}],
         "distro": {"id": "debian", "versionID": "12"}, "schema": {"version": "16.0.21"}}
        """

    @Test func readsSyft() throws {
        let contents = try read(Self.syft)
        #expect(contents.format == .syft)
        #expect(
            contents.packages.map(\.description) == [
                "pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl",
                "pkg:generic/tool@4",
                "pkg:rpm/redhat/nodejs@18.19.0-1.module_el9?arch=x86_64&distro=rhel-9.3&epoch=1&rpmmod=nodejs:18:90300:rhel9&upstream=nodejs-18.19.0-1.module_el9.src.rpm",
            ])
        #expect(contents.components.map(\.cpes) == [[], ["cpe:2.3:a:acme:tool:4:*:*:*:*:*:*:*"], []])
    }

    // MARK: - Lines, and envelopes

    @Test func readsPackageURLsOneALine() throws {
        let contents = try read(
            "# what runs here\r\n\r\npkg:npm/b@1\r\n  pkg:npm/a@1  \npkg:npm/a@1\nnonsense\npkg:npm/c\n")
        #expect(contents.format == .packageURLs)
        #expect(contents.packages.map(\.description) == ["pkg:npm/a@1", "pkg:npm/b@1"])
        #expect(contents.warnings.count == 2)
        #expect(contents.warnings.first?.hasPrefix("line 6: package URL") == true)
        #expect(contents.warnings.last == "line 7: no version")
    }

    @Test(arguments: ["predicate", "sbom"])
    func readsWhatLiesInAnEnvelope(member: String) throws {
        let contents = try read("{\"\(member)\": \(Self.spdx2), \"other\": 1}")
        #expect(contents.packages.map(\.description) == Self.stated)
    }

    @Test func aPackageOfAnotherDistributionKeepsItsOwn() throws {
        let contents = try read(
            #"{"artifacts": [{"name": "a", "purl": "pkg:deb/debian/a@1"}], "distro": {"id": "ubuntu", "versionID": "22.04"}}"#
        )
        #expect(contents.packages.map(\.description) == ["pkg:deb/debian/a@1"])
    }

    @Test(arguments: [
        ("Debian GNU/Linux", "debian"), ("redhat", "rhel"), ("Red Hat Enterprise Linux", "rhel"),
        ("Rocky Linux", "rocky"),
        ("alma", "almalinux"), ("Amazon Linux", "amzn"), ("openSUSE Leap", "opensuse-leap"),
        ("Some Thing", "some-thing"),
    ])
    func knowsTheNamesOfOperatingSystems(name: String, id: String) throws {
        let contents = try read(
            #"{"artifacts": [{"name": "a", "purl": "pkg:rpm/v/a@1"}], "distro": {"id": "\#(name)", "versionID": "9"}}"#)
        #expect(contents.packages.map(\.description) == ["pkg:rpm/v/a@1?distro=\(id)-9"])
    }

    @Test(arguments: [Self.xml, Self.spdx2, Self.spdx3, Self.syft, "pkg:npm/a@1\npkg:npm/%40b/c@2?x=y\n"])
    func neverTrapsOnMutatedBills(document: String) {
        var random = SplitMix(seed: 11)
        for _ in 0..<1_000 {
            let bytes = random.mutated(Array(document.utf8))
            guard let contents = try? SBOMDocument.read(bytes) else { continue }
            #expect(contents.packages == contents.packages.sorted())
            #expect(contents.packages.allSatisfy { $0.version != nil })
        }
    }
}
