import Foundation
import Inventory
import Matching
import PackageIdentity
import Testing

@testable import Advisories
@testable import LoadTest

/// An index that knows as many names of a system and of registries.
func makeIndex(names: Int) throws -> AdvisoryIndex {
    let path = FileManager.default.temporaryDirectory.appendingPathComponent("load-\(UUID().uuidString)").path
    // The mapping outlives the name.
    defer { try? FileManager.default.removeItem(atPath: path) }
    var builder = IndexBuilder()
    for number in 0..<names {
        for (scope, name) in [
            ("Debian:12", "source-\(number)"), ("PyPI", "module-\(number)"), ("npm", "@scope/part-\(number)"),
            ("Maven", "org.example:part-\(number)"), ("Go", "example.org/part-\(number)"),
        ] {
            try builder.add(
                Advisory(
                    id: "TEST-\(scope)-\(number)", feed: .osv("test"), published: 1_600_000_000,
                    modified: 1_700_000_000,
                    affected: [
                        AffectedPackage(
                            scope: scope, name: name,
                            ranges: [
                                AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("2.\(number % 7)")])
                            ], versions: ["1.0", "1.\(number % 5 + 1)"])
                    ]))
        }
    }
    _ = try builder.write(to: path)
    return try AdvisoryIndex(path: path)
}

struct SimulatedHostTests {
    private func host(_ number: UInt64, _ pool: PackagePool, packages: Int = 200, group: UInt64 = 1) -> SimulatedHost {
        let image = HostImage(pool: pool, packages: packages, seed: group)
        return SimulatedHost(
            hostname: "host-\(number)", image: image, pool: pool, packages: packages, seed: 1_000 + number)
    }

    @Test(arguments: [0, 1, 20, 500])
    func hostsOfOneGroupShareTheirImageAndDifferInAtLeastAThirdOfTheirPackages(names: Int) throws {
        let pool = try PackagePool(makeIndex(names: names))
        let hosts = (0..<12).map { Set(host($0, pool).inventory.packages) }
        for (place, one) in hosts.enumerated() {
            #expect(one.count == 200)
            for other in hosts[(place + 1)...] {
                let shared = one.intersection(other).count
                #expect((120...134).contains(shared), "\(shared) of 200 packages are the same")
            }
        }
    }

    @Test func theSameSeedDrawsTheSameHostAndLetsTheSameHappenToIt() throws {
        let pool = try PackagePool(makeIndex(names: 100))
        var (one, two) = (host(1, pool), host(1, pool))
        for _ in 0..<50 {
            #expect(one.inventory.digest == two.inventory.digest)
            one.drift()
            two.drift()
        }
        #expect(host(2, pool).inventory.digest != host(1, pool).inventory.digest)
    }

    @Test func everyChangeChangesSomethingAndLittle() throws {
        let pool = try PackagePool(makeIndex(names: 100))
        var host = host(1, pool)
        for _ in 0..<300 {
            let before = Set(host.inventory.packages)
            host.drift()
            let after = Set(host.inventory.packages)
            #expect(before != after)
            #expect(before.symmetricDifference(after).count <= 6)
        }
        #expect((150...260).contains(host.inventory.packages.count))
    }

    @Test func aboutHalfOfThePackagesAreKnownToTheFeedsAndSomeAreVulnerable() throws {
        let index = try makeIndex(names: 500)
        let host = host(1, try PackagePool(index))
        let known = host.inventory.packages.filter { !$0.name.hasPrefix("unlisted-") }
        #expect((80...110).contains(known.count))
        let vulnerable = known.filter { !index.verdicts(for: $0).isEmpty }
        #expect((5...60).contains(vulnerable.count))
        #expect(Set(known.map(\.type)).isSuperset(of: ["deb", "pypi", "npm", "maven", "golang"]))
    }

    @Test func anIndexOfNoSystemGivesHostsAll() throws {
        let pool = try PackagePool(makeIndex(names: 0))
        #expect(pool.distributions.map(\.scope) == ["Debian:12"])
        #expect(pool.registries.isEmpty)
        #expect(host(1, pool, packages: 10).inventory.packages.count == 10)
    }
}

struct PackageSourceTests {
    @Test(arguments: [
        ("Debian:12", "openssl", "pkg:deb/debian/openssl@1.2-3?arch=amd64&distro=debian-12"),
        ("Ubuntu:22.04:LTS", "openssl", "pkg:deb/ubuntu/openssl@1.2-3?arch=amd64&distro=ubuntu-22.04"),
        ("Alpine:v3.18", "openssl", "pkg:apk/alpine/openssl@1.2-3?arch=x86_64&distro=alpine-3.18"),
        ("Rocky Linux:9", "openssl", "pkg:rpm/rocky/openssl@1.2-3?arch=x86_64&distro=rocky-9"),
        ("PyPI", "requests", "pkg:pypi/requests@1.2-3"),
        ("npm", "@types/node", "pkg:npm/%40types/node@1.2-3"),
        ("npm", "express", "pkg:npm/express@1.2-3"),
        ("Go", "golang.org/x/net", "pkg:golang/golang.org/x/net@1.2-3"),
        ("Maven", "org.example:tool", "pkg:maven/org.example/tool@1.2-3"),
        ("crates.io", "tokio", "pkg:cargo/tokio@1.2-3"),
    ])
    func aNameIsSpelledAsItsRegistryDoes(scope: String, name: String, purl: String) throws {
        let source = try #require(PackageSource(scope: scope, numbers: 0..<0))
        #expect(source.package(name, version: "1.2-3")?.description == purl)
    }

    @Test(arguments: ["GIT", "cpe:a", "Debian", "Android"])
    func otherScopesAreNotDrawnFrom(scope: String) {
        #expect(PackageSource(scope: scope, numbers: 0..<0) == nil)
    }

    @Test func aNameThatNoPackageURLLeadsBackToIsNotDrawn() throws {
        let source = try #require(PackageSource(scope: "PyPI", numbers: 0..<0))
        #expect(source.package("Not_Normal", version: "1") == nil)
    }
}
