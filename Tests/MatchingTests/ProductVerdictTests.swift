import Foundation
import PackageIdentity
import Testing

@testable import Advisories
@testable import Matching

/// Applications judged by statements about products.
struct ProductVerdictTests {
    /// A statement on a product as NVD makes them: criteria with open version, a range, and platforms.
    private func statement(
        _ id: String, _ criteria: String, events: [AffectedRange.Event] = [.introduced("0")], versions: [String] = [],
        platforms: [[String]] = []
    ) throws -> Advisory {
        let cpe = try CPEName("cpe:2.3:" + criteria)
        let package = AffectedPackage(
            scope: try #require(cpe.scope), name: try #require(cpe.productKey),
            ranges: versions.isEmpty ? [AffectedRange(kind: .ecosystem, events: events)] : [], versions: versions,
            condition: Condition(
                criteria: cpe.formattedString,
                platforms: try platforms.map {
                    try $0.map { PlatformMatch(criteria: try CPEName("cpe:2.3:" + $0).formattedString) }
                }))
        return Advisory(id: id, feed: .nvd, affected: [package])
    }

    private func product(_ text: String, derived: Bool = false) throws -> ProductName {
        ProductName(cpe: try CPEName("cpe:2.3:" + text), isDerived: derived)
    }

    @Test(arguments: [("1.0", true), ("1.4.9", true), ("1.5", false), ("0.9", false)])
    func versionRangesDecide(_ version: String, _ isAffected: Bool) throws {
        let index = try makeIndex([
            try statement("CVE-2024-0001", "a:acme:tool", events: [.introduced("1.0"), .fixed("1.5")])
        ])
        let found = index.verdicts(products: [try product("a:acme:tool:\(version)")], package: nil)
        #expect(found.map(\.verdict.vulnerability) == (isAffected ? ["CVE-2024-0001"] : []))
        #expect(found.allSatisfy { $0.verdict.confidence == .likely && $0.verdict.fixedVersion == "1.5" })
        let derived = index.verdicts(products: [try product("a:acme:tool:\(version)", derived: true)], package: nil)
        #expect(derived.allSatisfy { $0.verdict.confidence == .possible })
        #expect(derived.count == found.count)
    }

    @Test(
        arguments: [
            // Update, edition, target software and hardware: as asked for, another one, and not stated.
            ("a:acme:tool:*:sp1", "a:acme:tool:2:sp1", Confidence.likely),
            ("a:acme:tool:*:sp1", "a:acme:tool:2:sp2", nil),
            ("a:acme:tool:*:sp1", "a:acme:tool:2", .possible), ("a:acme:tool:*:-", "a:acme:tool:2:sp2", nil),
            ("a:acme:tool:*:sp*", "a:acme:tool:2:sp9", .likely),
            ("a:acme:tool:*:*:*:*:*:windows", "a:acme:tool:2:*:*:*:*:windows", .likely),
            ("a:acme:tool:*:*:*:*:*:windows", "a:acme:tool:2:*:*:*:*:linux", nil),
            ("a:acme:tool:*:*:*:*:enterprise", "a:acme:tool:2:*:*:*:community", nil),
            ("a:acme:tool:*:*:*:*:*:*:x64", "a:acme:tool:2:*:*:*:*:*:arm64", nil),
            ("a:acme:tool", "a:acme:tool:2:sp2:pro:de:home:ios:arm64:x", .likely),
        ] as [(String, String, Confidence?)])
    func attributesDecide(_ criteria: String, _ installed: String, _ confidence: Confidence?) throws {
        let index = try makeIndex([try statement("CVE-2024-0002", criteria)])
        let found = index.verdicts(products: [try product(installed)], package: nil)
        #expect(found.map(\.verdict.confidence) == (confidence.map { [$0] } ?? []))
    }

    @Test(
        arguments: [
            ([["o:microsoft:windows:-"]], "linux", nil, VerdictReason.otherPlatform),
            ([["o:microsoft:windows:-"]], nil, Confidence.possible, VerdictReason.platformUnknown),
            ([["o:microsoft:windows:*"]], "windows", .likely, ""),
            ([["o:linux:linux_kernel:*"]], "linux", .likely, ""),
            ([["o:debian:debian_linux:12.0"]], "linux", .likely, ""),
            ([["o:debian:debian_linux:11.0"]], "linux", nil, VerdictReason.otherPlatform),
            ([["o:fedoraproject:fedora:39"]], "linux", nil, VerdictReason.otherPlatform),
            // One of several is enough; several operands all have to hold.
            ([["o:microsoft:windows:*", "o:linux:linux_kernel:*"]], "linux", .likely, ""),
            ([["o:linux:linux_kernel:*"], ["o:microsoft:windows:*"]], "linux", nil, VerdictReason.otherPlatform),
            // Hardware, firmware and other applications may be there untold.
            ([["h:acme:box:-"]], "linux", .possible, VerdictReason.platformUnknown),
            ([["o:acme:box_firmware:1"]], "linux", .possible, VerdictReason.platformUnknown),
            ([["a:acme:other:*"]], "linux", .possible, VerdictReason.platformUnknown),
        ] as [([[String]], String?, Confidence?, String)])
    func platformsDecide(_ platforms: [[String]], _ host: String?, _ confidence: Confidence?, _ reason: String) throws {
        let index = try makeIndex([try statement("CVE-2024-0003", "a:acme:tool", platforms: platforms)])
        let hosts: [String: [CPEName]] = [
            "linux": HostProducts.of(Distribution(id: "debian", versionID: "12"), kernel: "6.1.76"),
            "windows": [
                CPEName(.operatingSystem, vendor: "microsoft", product: "windows_11_22h2", version: "10.0.22621.1")
            ],
        ]
        let names = [try product("a:acme:tool:2")]
        let known = host.flatMap { hosts[$0] }
        let found = index.verdicts(products: names, package: nil, hostProducts: known)
        #expect(found.map(\.verdict.confidence) == (confidence.map { [$0] } ?? []))
        let explained = try #require(
            index.explain(products: names, package: nil, vulnerability: "CVE-2024-0003", hostProducts: known).first)
        #expect(explained.status == (confidence == nil ? .notAffected : .affected))
        if !reason.isEmpty { #expect(explained.reason == reason) }
    }

    @Test func packagesWithAdvisoriesOfTheirOwnAreLeftToThem() throws {
        let index = try makeIndex([
            try statement("CVE-2024-0004", "a:acme:tool"), tracker("CVE-2024-0009", fixed: "2", state: .fixed),
        ])
        let names = [try product("a:acme:tool:1")]
        let debian = try PackageURL("pkg:deb/debian/tool@1?distro=debian-12")
        #expect(index.verdicts(products: names, package: debian).isEmpty)
        #expect(index.asksProducts(for: debian) == false)
        // Also where the index holds none of them, or the release is not known: upstream's ranges know nothing of backports.
        let others = [
            "pkg:deb/debian/tool@1?distro=debian-11", "pkg:deb/debian/tool@1?distro=sid", "pkg:deb/debian/tool@1",
            "pkg:deb/tool@1", "pkg:apk/alpine/tool@1?distro=alpine-3.99", "pkg:rpm/redhat/tool@1", "pkg:pypi/tool@1",
        ]
        for package in try others.map({ try PackageURL($0) }) {
            #expect(!index.asksProducts(for: package))
            #expect(index.verdicts(products: names, package: package).isEmpty)
        }
    }

    @Test(arguments: [
        ("pkg:generic/tool@1", Confidence.likely), ("pkg:alpm/arch/tool@1", .likely),
        ("pkg:github/acme/tool@1", .likely),
        // A distribution's build may be patched, whoever publishes nothing about it.
        ("pkg:rpm/fedora/tool@1?distro=fedora-39", .possible),
        ("pkg:deb/debian/tool@1-1nodesource1?distro=debian-12", .possible),
    ])
    func packagesThatNobodySpeaksOfAreProducts(purl: String, confidence: Confidence) throws {
        let index = try makeIndex([
            try statement("CVE-2024-0004", "a:acme:tool"), tracker("CVE-2024-0009", fixed: "2", state: .fixed),
        ])
        let found = index.verdicts(products: [try product("a:acme:tool:1")], package: try PackageURL(purl))
        #expect(found.map(\.verdict.confidence) == [confidence])
    }

    @Test func severalNamesGiveOneFinding() throws {
        let index = try makeIndex([
            try statement("CVE-2024-0005", "a:acme:tool", events: [.introduced("0"), .fixed("3")]),
            try statement("CVE-2024-0006", "a:acme_inc:tool", events: [.introduced("0"), .fixed("3")]),
            Advisory(
                id: "CVE-2024-0007", feed: .nvd,
                affected: try statement("x", "a:acme:tool").affected + statement("x", "a:acme_inc:tool").affected),
        ])
        let found = index.verdicts(
            products: [try product("a:acme_inc:tool:1", derived: true), try product("a:acme:tool:1")], package: nil)
        #expect(Set(found.map(\.verdict.vulnerability)) == ["CVE-2024-0005", "CVE-2024-0006", "CVE-2024-0007"])
        #expect(found.count == 3)
        // The surer name is the one that is told.
        #expect(found.first { $0.verdict.vulnerability == "CVE-2024-0007" }?.product.isDerived == false)
        #expect(found.first { $0.verdict.vulnerability == "CVE-2024-0006" }?.verdict.confidence == .possible)
        let numbers = found.compactMap(\.vulnerabilityNumber)
        #expect(try numbers.map { try index.brief(number: $0).id } == found.map(\.verdict.vulnerability))
        #expect(index.verdicts(products: [try product("a:acme:tool")], package: nil).isEmpty)
    }

    @Test func hostsTellTheirSystem() {
        func texts(_ id: String, _ release: String?) -> [String] {
            HostProducts.of(Distribution(id: id, versionID: release)).map(\.uri)
        }
        #expect(texts("debian", "12") == ["cpe:/o:linux:linux_kernel", "cpe:/o:debian:debian_linux:12.0"])
        #expect(texts("ubuntu", "22.04") == ["cpe:/o:linux:linux_kernel", "cpe:/o:canonical:ubuntu_linux:22.04"])
        #expect(texts("sles", "15.5") == ["cpe:/o:linux:linux_kernel", "cpe:/o:suse:linux_enterprise_server:15:sp5"])
        #expect(texts("unheard", "1") == ["cpe:/o:linux:linux_kernel"])
    }

    @Test(.enabled(if: ReferenceFeeds.path != nil, "reference feeds are missing"))
    func referenceStatementsFindOldApplications() throws {
        let path = try #require(ReferenceFeeds.path)
        let wanted: Set<String> = [
            "f5:nginx_open_source", "openbsd:openssh", "7-zip:7-zip", "putty:putty", "busybox:busybox",
        ]
        var sink = FilteringSink { advisory in
            var reduced = advisory
            reduced.affected = advisory.affected.filter { wanted.contains($0.name) }
            return reduced.affected.isEmpty ? nil : reduced
        }
        _ = try NVDFeed.read("\(path)/nvd", into: &sink)
        let index = try makeIndex(sink.kept)
        let host = HostProducts.of(Distribution(id: "debian", versionID: "12"))
        func found(_ name: String) throws -> Set<String> {
            Set(
                index.verdicts(products: [try product(name)], package: nil, hostProducts: host).map(
                    \.verdict.vulnerability))
        }
        #expect(
            try found("a:f5:nginx_open_source:1.25.3").isSuperset(of: [
                "CVE-2024-7347", "CVE-2024-35200", "CVE-2024-31079",
            ]))
        #expect(try found("a:f5:nginx_open_source:1.27.1").isDisjoint(with: ["CVE-2024-7347", "CVE-2024-35200"]))
        #expect(try found("a:7-zip:7-zip:22.01").isSuperset(of: ["CVE-2024-11612", "CVE-2023-52169"]))
        #expect(try found("a:7-zip:7-zip:24.08").isDisjoint(with: ["CVE-2024-11612", "CVE-2023-52169"]))
        #expect(try found("a:putty:putty:0.78").contains("CVE-2024-31497"))
        #expect(try found("a:putty:putty:0.81").contains("CVE-2024-31497") == false)
        #expect(try found("a:busybox:busybox:1.19.0") == ["CVE-2018-1000500", "CVE-2011-2716", "CVE-2013-1813"])
        #expect(try found("a:openbsd:openssh:9.3:p1").contains("CVE-2024-6387"))
    }
}
