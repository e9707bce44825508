import Testing
import Versioning

struct VersionOrderingTests {
    @Test(arguments: [
        ("Debian:12", VersionOrdering.deb), ("Ubuntu:22.04:LTS", .deb), ("PyPI", .pypi), ("npm", .npm),
        ("Nonsense", .generic), ("", .generic),
        ("Alpine:v3.18", .apk), ("Rocky Linux:9", .rpm), ("AlmaLinux:9", .rpm), ("Maven", .maven),
        ("RubyGems", .rubygems), ("NuGet", .nuget),
        ("Packagist", .packagist), ("Go", .golang), ("crates.io", .crates), ("Hex", .hex), ("Pub", .pub),
        ("SwiftURL", .swift),
        ("ConanCenter", .conan), ("CRAN", .cran), ("Hackage", .hackage), ("Bitnami", .semver), ("Homebrew", .generic),
    ])
    func scopesHaveOrderings(_ scope: String, _ ordering: VersionOrdering) {
        #expect(VersionOrdering(scope: scope) == ordering)
    }

    /// Numbers at the borders of their encodings, through an ordering that shows them plainly.
    @Test func numbersOfAnyLengthAreOrdered() throws {
        var numbers = (0...1_200).map(String.init)
        for count in 5...700 {
            numbers += ["1" + String(repeating: "0", count: count - 1), String(repeating: "9", count: count)]
        }
        let keys = try numbers.map { try VersionOrdering.deb.key($0) }
        for (a, b) in zip(keys, keys.dropFirst()) { #expect(a < b) }
        for (number, key) in zip(numbers, keys) { #expect(try VersionOrdering.deb.key("000" + number) == key) }
    }

    @Test(arguments: VersionOrdering.allCases)
    func longVersionsAreRefused(_ ordering: VersionOrdering) {
        let error = #expect(throws: VersionError.self) { try ordering.key(String(repeating: "1", count: 4_097)) }
        guard case .malformed(let version, let offset, _)? = error else { return }
        #expect(version.count == 200)
        #expect(offset == 4_096)
    }

    @Test func substringsAreTaken() throws {
        let text = "1.0-1 (2.0)"
        #expect(try VersionOrdering.deb.key(text.prefix(5)) == VersionOrdering.deb.key("1.0-1"))
        #expect(try VersionOrdering.deb.compare(text.prefix(5), "1.0-2") == -1)
    }
}
