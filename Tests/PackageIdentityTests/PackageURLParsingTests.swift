import PackageIdentity
import SeededRandom
import Testing

/// Text in, canonical text and components out.
struct PackageURLParsingTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var input: String
        var canonical: String
        var testDescription: String { input }
        init(_ input: String, _ canonical: String? = nil) {
            self.input = input
            self.canonical = canonical ?? input
        }
    }

    @Test(arguments: [
        Case("pkg:deb/debian/libssl3@3.0.11-1~deb12u2?arch=amd64&distro=debian-12&upstream=openssl"),
        Case("pkg:npm/lodash@4.17.20"),
        Case("pkg:npm/%40types/node@20.1.0"),
        Case("pkg:npm/@types/node@20.1.0", "pkg:npm/%40types/node@20.1.0"),
        // The "@" belongs to the scope: a slash follows it.
        Case("pkg:npm/@types/node", "pkg:npm/%40types/node"),
        Case("pkg:npm/JSONStream@1.3.5"),
        Case("pkg:pypi/Zope.Interface_X@5.0RC1", "pkg:pypi/zope.interface-x@5.0rc1"),
        Case("pkg:pub/Path-Provider@2", "pkg:pub/path_provider@2"),
        Case("PKG:DEB/Debian/Curl@1", "pkg:deb/debian/curl@1"),
        Case("pkg://deb//debian///curl@1", "pkg:deb/debian/curl@1"),
        Case("pkg:rpm/Fedora/Curl@7?epoch=1&aRCH=x86_64", "pkg:rpm/fedora/Curl@7?arch=x86_64&epoch=1"),
        Case(
            "pkg:golang/github.com/Masterminds/semver/v3@v3.2.0#/pkg//./../x/",
            "pkg:golang/github.com/Masterminds/semver/v3@v3.2.0#pkg/x"),
        Case("pkg:maven/org.apache/commons?a=&b=1&&", "pkg:maven/org.apache/commons?b=1"),
        Case("pkg:maven/org.apache/commons?a=", "pkg:maven/org.apache/commons"),
        Case("pkg:deb/debian/g%2b%2B@4:12.2.0-3", "pkg:deb/debian/g%2B%2B@4:12.2.0-3"),
        Case("pkg:deb/debian/attr@1%3A2.4", "pkg:deb/debian/attr@1:2.4"),
        Case("pkg:generic/näme@1 2", "pkg:generic/n%C3%A4me@1%202"),
        Case("pkg:generic/a%2Fb", "pkg:generic/a%2Fb"),
        Case("pkg:generic/x#..", "pkg:generic/x"),
        Case("pkg:generic/x/?a=b", "pkg:generic/x?a=b"),
        Case("pkg:git/forge.example//team/sub/tool@v1#src", "pkg:git/forge.example/team/sub/tool@v1#src"),
        Case("pkg:cpan/someone/Some-Module@1.0", "pkg:cpan/SOMEONE/Some-Module@1.0"),
        Case("pkg:julia/Pkg@1?uuid=7", "pkg:julia/Pkg@1?uuid=7"),
        Case("pkg:swid/Acme/App@1?tag_id=x&patch=true", "pkg:swid/Acme/App@1?patch=true&tag_id=x"),
        Case("pkg:oci/App@SHA256:AB", "pkg:oci/app@sha256:ab"),
        Case("pkg:huggingface/Org/Model@AB", "pkg:huggingface/Org/Model@ab"),
        Case(
            "pkg:mlflow/Fraud@3?repository_url=https://x.azuredatabricks.net/",
            "pkg:mlflow/fraud@3?repository_url=https:%2F%2Fx.azuredatabricks.net%2F"),
        Case("pkg:mlflow/Fraud@3?run_id=databrick"),
        Case(
            "pkg:chrome-extension/ABCDEFGHIJKLMNOPabcdefghijklmnop@1.2.3.4",
            "pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1.2.3.4"),
        Case("pkg:vscode-extension/Pub/Ext@1.0-Pre", "pkg:vscode-extension/pub/ext@1.0-pre"),
        Case("pkg:golang/stdlib@1.20"),
    ])
    func canonicalForm(_ example: Case) throws {
        let parsed = try PackageURL(example.input)
        #expect(parsed.description == example.canonical)
        #expect(try PackageURL(parsed.description) == parsed)
        #expect(try PackageURL(Substring(example.input)) == parsed)
        let rebuilt = try PackageURL(
            type: parsed.type, namespace: parsed.namespace, name: parsed.name, version: parsed.version,
            qualifiers: Dictionary(uniqueKeysWithValues: parsed.qualifiers.map { ($0.key, $0.value) }),
            subpath: parsed.subpath)
        #expect(rebuilt == parsed)
    }

    @Test func componentsAreDecoded() throws {
        let parsed = try PackageURL("pkg:npm/%40scope/n%C3%A4me@1%2B2?vcs_url=git:%2F%2Fhost%2Fr&arch=all#a%20b/c")
        #expect(parsed.type == "npm")
        #expect(parsed.namespace == "@scope")
        #expect(parsed.name == "näme")
        #expect(parsed.version == "1+2")
        #expect(parsed.qualifiers.map(\.key) == ["arch", "vcs_url"])
        #expect(parsed.qualifier("vcs_url") == "git://host/r")
        #expect(parsed.qualifier("arch") == "all")
        #expect(parsed.qualifier("vcs") == nil)
        #expect(parsed.subpath == "a b/c")
    }

    @Test func absentComponentsAreNil() throws {
        let parsed = try PackageURL("pkg:cargo/serde")
        #expect(parsed.namespace == nil)
        #expect(parsed.version == nil)
        #expect(parsed.qualifiers.isEmpty)
        #expect(parsed.subpath == nil)
        let withSubpath = try PackageURL("pkg:cargo/serde#src")
        #expect(withSubpath.version == nil)
        #expect(withSubpath.qualifiers.isEmpty)
        #expect(withSubpath.subpath == "src")
    }

    @Test func orderIsThatOfCanonicalBytes() throws {
        let texts = ["pkg:npm/b@1", "pkg:npm/a@2", "pkg:npm/a@10", "pkg:deb/debian/z", "pkg:npm/%40s/a", "pkg:npm/B"]
        let sorted = try texts.map { try PackageURL($0) }.sorted().map(\.description)
        #expect(sorted == texts.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) })
    }

    struct Failure: Sendable {
        var input: String
        var component: PackageURLError.Component
        var position: Int
        var reason: PackageURLError.Reason
        init(_ input: String, _ component: PackageURLError.Component, _ position: Int, _ reason: PackageURLError.Reason)
        {
            (self.input, self.component, self.position, self.reason) = (input, component, position, reason)
        }
    }

    @Test(arguments: [
        Failure("", .scheme, 0, .missingScheme),
        Failure("npm/lodash", .scheme, 0, .missingScheme),
        Failure("pk", .scheme, 2, .missingScheme),
        Failure("pkg%3Anpm/lodash", .scheme, 3, .missingScheme),
        Failure("pkg:", .type, 4, .empty),
        Failure("pkg:npm", .name, 7, .empty),
        Failure("pkg:npm/", .name, 8, .empty),
        Failure("pkg:maven/@1.3", .name, 10, .empty),
        Failure("pkg:1npm/x", .type, 4, .invalidCharacter),
        Failure("pkg:n&pm/x", .type, 5, .invalidCharacter),
        Failure("pkg:npm/a%2", .name, 9, .brokenEscape),
        Failure("pkg:npm/a%zz@1", .name, 9, .brokenEscape),
        Failure("pkg:npm/a@1%", .version, 11, .brokenEscape),
        Failure("pkg:npm/%ff", .name, 8, .notUTF8),
        Failure("pkg:npm/%c3", .name, 11, .notUTF8),
        Failure("pkg:npm/%ed%a0%80", .name, 11, .notUTF8),
        Failure("pkg:npm/%c0%af", .name, 8, .notUTF8),
        Failure("pkg:npm/a%00", .name, 9, .invalidCharacter),
        Failure("pkg:npm/%2F", .name, 8, .empty),
        Failure("pkg:npm/a\n@1", .name, 9, .invalidCharacter),
        Failure("pkg:npm/a%2Fb/c", .namespace, 9, .encodedSlash),
        Failure("pkg:npm/c#a%2Fb", .subpath, 11, .encodedSlash),
        Failure("pkg:npm/a?b", .qualifiers, 11, .missingValue),
        Failure("pkg:npm/a?=b", .qualifiers, 10, .empty),
        Failure("pkg:npm/a?b c=d", .qualifiers, 11, .invalidCharacter),
        Failure("pkg:npm/a?bb=1&a=2&bB=3", .qualifiers, 19, .duplicateKey),
        Failure("pkg:swift/Alamofire@5", .namespace, 10, .namespaceRequired),
        Failure("pkg:vcpkg/boost/asio@1", .namespace, 10, .namespaceProhibited),
        Failure("pkg:npm/a?Arch=b", .qualifiers, 10, .invalidCharacter),
        Failure("pkg:npm/scope/@1", .name, 14, .empty),
        Failure("pkg:git/tool@1", .namespace, 8, .namespaceRequired),
        Failure("pkg:cpan/A/Some::Module", .name, 11, .invalidForType),
        Failure("pkg:julia/Pkg@1?arch=x", .qualifiers, 16, .qualifierRequired),
        Failure("pkg:swid/App@1", .qualifiers, 14, .qualifierRequired),
        Failure("pkg:chrome-extension/short", .name, 21, .invalidForType),
        Failure("pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnoq", .name, 21, .invalidForType),
        Failure("pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1.2.3.4.5", .version, 54, .invalidForType),
        Failure("pkg:chrome-extension/abcdefghijklmnopabcdefghijklmnop@1..2", .version, 54, .invalidForType),
    ])
    func errorNamesPartPlaceAndReason(_ example: Failure) {
        let error = #expect(throws: PackageURLError.self) { try PackageURL(example.input) }
        #expect(error?.component == example.component)
        #expect(error?.position == example.position)
        #expect(error?.reason == example.reason)
    }

    @Test func adjacentDuplicateKeysAreFound() {
        let error = #expect(throws: PackageURLError.self) { try PackageURL("pkg:npm/a?b=1&b=2") }
        #expect(error?.reason == .duplicateKey)
        #expect(error?.position == 14)
    }

    @Test func lengthIsBounded() throws {
        let room = PackageURL.maximumLength - "pkg:npm/".utf8.count
        #expect(try PackageURL("pkg:npm/" + String(repeating: "a", count: room)).name.utf8.count == room)
        let tooLong = [
            "pkg:npm/" + String(repeating: "a", count: room + 1), "pkg:npm/" + String(repeating: "+", count: room),
        ]
        for text in tooLong {
            let error = #expect(throws: PackageURLError.self) { try PackageURL(text) }
            #expect(error?.reason == .tooLong)
        }
    }

    @Test func textsThatAreNotUTF8AreRefused() {
        let bytes = Array("pkg:npm/a".utf8) + [0xff, 0x40, 0x31]
        let error = #expect(throws: PackageURLError.self) { try PackageURL(utf8: bytes.span) }
        #expect(error?.reason == .notUTF8)
        #expect(error?.position == 9)
    }

    @Test func anyBytesParseOrThrowAndParsedOnesAreStable() throws {
        var random = SplitMix(seed: 7)
        let pieces = [
            "pkg:", "npm/", "deb/debian/", "pypi/", "@", "?", "#", "&", "=", "/", "%", "%4", "%40", "%c3%a4", "%ff",
            ":", "..", "a",
            "B", "_", ".", "-", "~", "+", "\u{0}", "ä", "\n", " ", "9",
        ]
        var parsed = 0
        for _ in 0..<20_000 {
            var bytes = Array((random.next() % 8 == 0 ? "" : "pkg:npm/").utf8)
            for _ in 0..<(random.next() % 10) {
                if random.next() % 12 == 0 { bytes.append(UInt8(truncatingIfNeeded: random.next())) }
                bytes.append(contentsOf: pieces[Int(random.next() % UInt64(pieces.count))].utf8)
            }
            let value: PackageURL
            do throws(PackageURLError) {
                value = try PackageURL(utf8: bytes.span)
            } catch {
                #expect((0...bytes.count).contains(error.position))
                continue
            }
            parsed += 1
            #expect(try PackageURL(value.description) == value)
            #expect(value.description.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f })
            _ = (value.namespace, value.version, value.qualifiers, value.subpath, value.advisoryCoordinates)
        }
        #expect(parsed > 1_000)
    }
}
