import Scoring
import Testing
import Versioning

@testable import Reports

/// Commands that answer line by line.
@Suite struct LinesTests {
    @Test(arguments: [
        (
            "pkg:deb/debian/curl@7.50.3-1?arch=i386&distro=jessie",
            #"{"type":"deb","namespace":"debian","name":"curl","version":"7.50.3-1","qualifiers":{"arch":"i386","distro":"jessie"},"subpath":null}"#
        ),
        (
            " pkg:golang/google.golang.org/genproto#googleapis/api\t",
            #"{"type":"golang","namespace":"google.golang.org","name":"genproto","version":null,"qualifiers":null,"subpath":"googleapis/api"}"#
        ),
        (
            "pkg:generic/%22@%5C",
            #"{"type":"generic","namespace":null,"name":"\"","version":"\\","qualifiers":null,"subpath":null}"#
        ),
        ("nonsense", #"{"error":"package URL: scheme does not start with pkg: (byte 0)"}"#),
        ("", #"{"error":"package URL: scheme does not start with pkg: (byte 0)"}"#),
    ])
    func takesPackageURLsApart(line: String, answer: String) {
        #expect(written { PackageURLLines(to: $0).parse(Array(line.utf8)) } == answer + "\n")
    }

    @Test(arguments: [
        (
            #"{"type":"npm","namespace":"@types","name":"node","version":"1","qualifiers":null}"#,
            "pkg:npm/%40types/node@1"
        ),
        (
            #"{"type":"Deb","namespace":"debian","name":"curl","qualifiers":{"distro":"x","arch":"i386"}}"#,
            "pkg:deb/debian/curl?arch=i386&distro=x"
        ),
        (#"{"type":"npm"}"#, #"{"error":"\"name\" is missing"}"#),
        (#"{"name":"a"}"#, #"{"error":"\"type\" is missing"}"#),
        (#"{"type":"npm","name":"a","version":1}"#, #"{"error":"\"version\" is no text"}"#),
        (#"{"type":"npm","name":"a","qualifiers":"x=y"}"#, #"{"error":"\"qualifiers\" is no object"}"#),
        (#"{"type":"npm","name":"a","qualifiers":{"x":1}}"#, #"{"error":"a value in \"qualifiers\" is no text"}"#),
        (#"["npm"]"#, #"{"error":"not a JSON object"}"#),
        (#"{"type":"npm","name":""}"#, #"{"error":"package URL: name is empty (byte 0)"}"#),
    ])
    func putsPackageURLsTogether(line: String, answer: String) {
        #expect(written { PackageURLLines(to: $0).format(Array(line.utf8)) } == answer + "\n")
    }

    @Test func whatIsNoJSONIsAnError() {
        #expect(written { PackageURLLines(to: $0).format(Array("{".utf8)) }.hasPrefix(#"{"error":""#))
    }

    @Test(arguments: [
        ("1.0\t1.1", "<"), ("1:1\t0:2", ">"), ("1.0\t1.0", "="), ("1.0", "invalid"), ("", "invalid"), ("\t", "invalid"),
        ("1.0~a\t1.0", "<"), ("a:b\t1", "invalid"),
    ])
    func comparesVersions(line: String, answer: String) {
        #expect(written { VersionComparisonLines(ordering: .deb, to: $0).compare(Array(line.utf8)) } == answer + "\n")
    }

    @Test func bytesThatAreNoTextAreInvalid() {
        #expect(written { VersionComparisonLines(ordering: .generic, to: $0).compare([0xFF, 9, 0x31]) } == "invalid\n")
    }

    @Test func scoresVectors() throws {
        let text = try written {
            try CVSSLines(to: $0).score("CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H")
            try CVSSLines(to: $0).score("CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N")
        }
        #expect(
            text == """
                CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:H/A:H\t10.0\tcritical
                CVSS:3.0/AV:L/AC:H/PR:H/UI:R/S:U/C:N/I:N/A:N\t0.0\tnone

                """)
        #expect(throws: CVSSError.self) { try CVSSLines(to: ByteOutput { _ in }).score("CVSS:3.1/AV:X") }
    }
}
