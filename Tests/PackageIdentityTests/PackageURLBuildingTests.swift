import Foundation
import PackageIdentity
import Testing

/// Components in, canonical text out; and the text as JSON.
struct PackageURLBuildingTests {
    @Test func componentsTakeTheirCanonicalForm() throws {
        let built = try PackageURL(
            type: "DEB", namespace: "Debian", name: "G++", version: "1:2+b1",
            qualifiers: ["distro": "debian-12", "aRch": "amd64", "empty": ""], subpath: "/a//./b c/")
        #expect(built.description == "pkg:deb/debian/g%2B%2B@1:2%2Bb1?arch=amd64&distro=debian-12#a/b%20c")
    }

    @Test func percentSignsAreNotTakenForEscapes() throws {
        let built = try PackageURL(type: "generic", name: "100%41", version: "%")
        #expect(built.description == "pkg:generic/100%2541@%25")
        #expect(built.name == "100%41")
        #expect(built.version == "%")
    }

    @Test func upstreamWithVersionSurvives() throws {
        let built = try PackageURL(
            type: "deb", namespace: "debian", name: "libgcc-s1", version: "12.2.0-14",
            qualifiers: ["upstream": "gcc-12@12.2.0-14"])
        #expect(built.description == "pkg:deb/debian/libgcc-s1@12.2.0-14?upstream=gcc-12%4012.2.0-14")
        #expect(built.qualifier("upstream") == "gcc-12@12.2.0-14")
    }

    @Test func pathsAreCutBehindTheirHost() throws {
        let built = try PackageURL(type: "git", namespace: "forge.example", name: "/team/tool/", version: "1")
        #expect(built.description == "pkg:git/forge.example/team/tool@1")
        #expect((built.namespace, built.name) == ("forge.example", "team/tool"))
        let deep = try PackageURL(type: "git", namespace: "forge.example/team", name: "tool", version: "1")
        #expect((deep.namespace, deep.name) == ("forge.example", "team/tool"))
        #expect(try PackageURL(type: "generic", namespace: "a", name: "/b/c/").description == "pkg:generic/a/b%2Fc")
        #expect(throws: PackageURLError.self) { try PackageURL(type: "generic", name: "//") }
        #expect(throws: PackageURLError.self) { try PackageURL(type: "git", name: "tool") }
    }

    @Test(
        "slashes at the ends of a name say nothing, escaped or not, and what is built of the parts is the same again",
        arguments: ["pkg:generic/a%2F", "pkg:generic/%2Fa", "pkg:generic/x/%2f%2Fa%2F@1?k=v#s", "pkg:generic/b%2Fa%2F"])
    func outerSlashes(text: String) throws {
        let parsed = try PackageURL(text)
        #expect(parsed.name == (text.contains("b") ? "b/a" : "a"))
        var qualifiers: [String: String] = [:]
        for pair in parsed.qualifiers { qualifiers[pair.key] = pair.value }
        let built = try PackageURL(
            type: parsed.type, namespace: parsed.namespace, name: parsed.name, version: parsed.version,
            qualifiers: qualifiers, subpath: parsed.subpath)
        #expect(built == parsed)
        #expect(try PackageURL(parsed.description) == parsed)
    }

    @Test func emptyOptionalComponentsAreNone() throws {
        let built = try PackageURL(type: "npm", namespace: "//", name: "a", version: "", subpath: "..")
        #expect(built.description == "pkg:npm/a")
    }

    @Test func wrongComponentsAreRefused() {
        func error(_ body: () throws -> PackageURL) -> PackageURLError? {
            #expect(throws: PackageURLError.self) { _ = try body() }
        }
        #expect(error { try PackageURL(type: "", name: "a") }?.component == .type)
        #expect(error { try PackageURL(type: "a b", name: "a") }?.position == 1)
        #expect(error { try PackageURL(type: "npm", name: "") }?.component == .name)
        #expect(error { try PackageURL(type: "npm", name: "a\u{0}") }?.reason == .invalidCharacter)
        #expect(error { try PackageURL(type: "npm", name: "a", qualifiers: ["a b": "c"]) }?.component == .qualifiers)
        #expect(
            error { try PackageURL(type: "npm", name: "a", qualifiers: ["kk": "1", "kK": "2"]) }?.reason
                == .duplicateKey)
        let long = String(repeating: "x", count: 20_000)
        #expect(error { try PackageURL(type: "npm", name: long) }?.reason == .tooLong)
        #expect(error { try PackageURL(type: long, name: "x") }?.reason == .tooLong)
        #expect(error { try PackageURL(type: "npm", name: "x", qualifiers: [long: "x"]) }?.reason == .tooLong)
        #expect(error { try PackageURL(type: "npm", name: "x", qualifiers: ["x": long]) }?.reason == .tooLong)
    }

    @Test func codesAsOneString() throws {
        let value = try PackageURL("pkg:npm/a@1")
        let json = try JSONEncoder().encode([value])
        #expect(try JSONDecoder().decode([PackageURL].self, from: json) == [value])
        #expect(throws: DecodingError.self) {
            try JSONDecoder().decode([PackageURL].self, from: Data(#"["npm/a"]"#.utf8))
        }
    }
}
