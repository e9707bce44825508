import Advisories
import PackageIdentity
import Testing

@testable import Matching

@Suite struct ConditionTests {
    private static let scope = "AlmaLinux:8"

    /// An advisory on `nodejs` with a repair, for a module stream or not.
    private func alma(_ id: String, fixed: String, stream: String? = nil, architectures: [String] = []) -> Advisory {
        let condition = Condition(moduleStream: stream, architectures: architectures)
        return Advisory(
            id: id, feed: .osv("AlmaLinux"), upstream: ["CVE-2024-0001"],
            affected: [
                AffectedPackage(
                    scope: Self.scope, name: "nodejs",
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(fixed)])],
                    condition: condition.isEmpty ? nil : condition)
            ])
    }

    private func verdicts(_ index: AdvisoryIndex, _ version: String, stream: String? = nil) -> [Verdict] {
        index.verdicts(
            at: AdvisoryCoordinates(scope: Self.scope, name: "nodejs", version: version), purl: nil,
            context: MatchContext(moduleStream: stream))
    }

    private static let ten = "1:10.24.0-1.module_el8.3.0+2047+b07ac28e"
    private static let twelve = "1:12.21.0-1.module_el8.3.0+2047+b07ac28e"

    @Test(
        "repairs of modules speak of packages of a module with the same leading version",
        arguments: [
            ("1:10.19.0-1.module_el8.1.0+1+aaaaaaaa", [ten]), ("1:12.18.0-1.module_el8.1.0+1+aaaaaaaa", [twelve]),
            ("1:12.21.0-1.module_el8.3.0+2047+b07ac28e", []), ("1:14.1.0-1.module_el8.1.0+1+aaaaaaaa", []),
            ("1:10.19.0-1.el8", []),
        ])
    func unknownStreams(version: String, fixes: [String]) throws {
        let index = try makeIndex([alma("ALSA-2024:1", fixed: Self.ten), alma("ALSA-2024:2", fixed: Self.twelve)])
        #expect(verdicts(index, version).compactMap(\.fixedVersion) == fixes)
    }

    @Test("a repair of no module says nothing of a package of one")
    func moduleAgainstPlainRepair() throws {
        let index = try makeIndex([
            alma("ALSA-2024:1", fixed: "1:16.20.0-1.el9"), alma("ALSA-2024:2", fixed: Self.twelve),
        ])
        #expect(verdicts(index, "1:12.22.0-1.module_el8.1.0+1+aaaaaaaa") == [])
        #expect(verdicts(index, "1:16.19.0-1.el9").map(\.fixedVersion) == ["1:16.20.0-1.el9"])
        let explanation = index.explain(
            "1:14.0.0-1.module_el8.1+1+a", "CVE-2024-0001", scope: Self.scope, name: "nodejs")
        #expect(explanation.status == .notAffected)
        #expect(explanation.reason == VerdictReason.otherModuleStream)
        #expect(
            Set(explanation.evidence.map(\.note)) == [
                "speaks of packages of no module",
                "speaks of packages of a module with the repair's leading version",
            ])
    }

    @Test(
        "a build apart from the distribution's own and the own one are not spoken of by each other's repairs",
        arguments: [
            ("4.18.0-425.13.1.el8_7", []), ("4.18.0-425.10.1.el8_7", ["4.18.0-425.13.1.el8_7"]),
            ("4.18.0-425.10.1.el8_7.cloud", ["4.18.0-425.19.2.el8_7.cloud"]), ("4.18.0-425.19.2.el8_7.cloud", []),
        ])
    func buildsApart(version: String, fixes: [String]) throws {
        let index = try makeIndex([
            alma("RLSA-2023:0832", fixed: "4.18.0-425.13.1.el8_7"),
            alma("RXSA-2023:0832", fixed: "4.18.0-425.19.2.el8_7.cloud"),
        ])
        #expect(verdicts(index, version).compactMap(\.fixedVersion) == fixes)
        let explanation = index.explain(version, "CVE-2024-0001", scope: Self.scope, name: "nodejs")
        #expect((explanation.status == .affected) == !fixes.isEmpty)
    }

    @Test("a package of a module is not spoken of by a name's only statement, which is of none")
    func moduleAgainstPlainNames() throws {
        let index = try makeIndex([alma("ALSA-2024:1", fixed: "1:16.20.0-1.el9")])
        let version = "1:16.0.0-1.module_el8+1+a"
        #expect(verdicts(index, version) == [])
        #expect(index.explain(version, "CVE-2024-0001", scope: Self.scope, name: "nodejs").status == .notAffected)
    }

    @Test("a stated stream decides, whatever the versions look like")
    func statedStreams() throws {
        let index = try makeIndex([
            alma("ALSA-2024:1", fixed: Self.ten, stream: "nodejs:10"),
            alma("ALSA-2024:2", fixed: Self.twelve, stream: "nodejs:12"),
        ])
        let old = "1:1.0-1.module_el8.1.0+1+aaaaaaaa"
        #expect(verdicts(index, old, stream: "nodejs:10").map(\.fixedVersion) == [Self.ten])
        #expect(verdicts(index, old, stream: "nodejs:12").map(\.fixedVersion) == [Self.twelve])
        #expect(verdicts(index, old, stream: "nodejs:14") == [])
        #expect(verdicts(index, "1:1.0-1.el8") == [])
    }

    @Test("the stream is read from a package URL")
    func purlStream() throws {
        let purl = try PackageURL(
            "pkg:rpm/almalinux/nodejs@10.19.0?arch=x86_64&rpmmod=nodejs:10:8030020210118191659:229f0a1c")
        let context = MatchContext(package: purl)
        #expect(context.moduleStream == "nodejs:10")
        #expect(context.architecture == "x86_64")
    }

    @Test("an advisory on other architectures does not speak of a package, and its repair is named as one elsewhere")
    func architectures() throws {
        let index = try makeIndex([alma("ALSA-2024:1", fixed: "2.0-1.el8", architectures: ["s390x"])])
        let coordinates = AdvisoryCoordinates(scope: Self.scope, name: "nodejs", version: "1.0-1.el8")
        func statuses(_ architecture: String?) -> [VerdictStatus] {
            index.verdicts(at: coordinates, purl: nil, context: MatchContext(architecture: architecture)).map(\.status)
        }
        #expect(statuses("x86_64") == [])
        #expect(statuses("s390x") == [.affected])
        #expect(statuses("noarch") == [.affected])
        #expect(statuses(nil) == [.affected])
        let elsewhere = index.fixesElsewhere(
            at: coordinates, vulnerability: "CVE-2024-0001", context: MatchContext(architecture: "x86_64"))
        #expect(elsewhere == [FixElsewhere(scope: Self.scope, version: "2.0-1.el8", architectures: ["s390x"])])
    }

    // MARK: - Products

    private func product(
        _ condition: Condition?, events: [AffectedRange.Event] = [.introducedAfter("1.0"), .fixed("2.0")]
    )
        throws -> AdvisoryIndex
    {
        try makeIndex([
            Advisory(
                id: "CVE-2024-0001", feed: .nvd,
                affected: [
                    AffectedPackage(
                        scope: "cpe:a", name: "acme:tool", ranges: [AffectedRange(kind: .ecosystem, events: events)],
                        condition: condition)
                ])
        ])
    }

    private func verdict(
        _ index: AdvisoryIndex, _ version: String = "1.5", cpe: String = "cpe:2.3:a:acme:tool:1.5:*:*:*:*:*:*:*",
        derived: Bool = false, host: [String]? = nil
    ) throws -> Verdict? {
        let context = MatchContext(
            cpe: try CPEName(cpe), isProductDerived: derived, hostProducts: try host?.map { try CPEName($0) })
        return index.verdicts(
            at: AdvisoryCoordinates(scope: "cpe:a", name: "acme:tool", version: version), purl: nil, context: context
        ).first
    }

    @Test("a stated product is likely, a derived one possible, and the lower end can be outside")
    func products() throws {
        let index = try product(nil)
        #expect(try verdict(index)?.confidence == .likely)
        #expect(try verdict(index, derived: true)?.confidence == .possible)
        #expect(try verdict(index, "1.0") == nil)
        #expect(try verdict(index, "1.0.1")?.fixedVersion == "2.0")
        #expect(
            index.explain("1.0", "CVE-2024-0001", scope: "cpe:a", name: "acme:tool").evidence.map(\.range) == [
                "(introduced after 1.0, fixed 2.0)"
            ])
    }

    @Test("criteria on what stands behind the version")
    func criteria() throws {
        let index = try product(Condition(criteria: "cpe:2.3:a:acme:tool:*:*:*:*:*:wordpress:*:*"))
        #expect(try verdict(index, cpe: "cpe:2.3:a:acme:tool:1.5:*:*:*:*:wordpress:*:*")?.confidence == .likely)
        #expect(try verdict(index, cpe: "cpe:2.3:a:acme:tool:1.5:*:*:*:*:drupal:*:*") == nil)
        let unstated = try verdict(index)
        #expect(unstated?.confidence == .possible)
        #expect(unstated?.reason == VerdictReason.platformUnknown)
    }

    @Test("platforms must be on the host; one that nobody could look at leaves it possible")
    func platforms() throws {
        let condition = Condition(
            platforms: [[PlatformMatch(criteria: "cpe:2.3:o:microsoft:windows_10:*:*:*:*:*:*:*:*")]])
        let index = try product(condition)
        #expect(try verdict(index)?.reason == VerdictReason.platformUnknown)
        #expect(try verdict(index, host: ["cpe:2.3:o:microsoft:windows_10:22h2:*:*:*:*:*:*:*"])?.confidence == .likely)
        #expect(try verdict(index, host: ["cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*"]) == nil)
        let explanation = index.explain(
            at: AdvisoryCoordinates(scope: "cpe:a", name: "acme:tool", version: "1.5"), purl: nil,
            vulnerability: "CVE-2024-0001",
            context: MatchContext(hostProducts: [try CPEName("cpe:2.3:o:debian:debian_linux:12:*:*:*:*:*:*:*")]))
        #expect(explanation.reason == VerdictReason.otherPlatform)
        #expect(explanation.evidence[0].note?.contains("windows_10") == true)
    }

    @Test("conditions come out of the file as they went in")
    func kept() throws {
        let condition = Condition(
            moduleStream: "a:1", architectures: ["aarch64", "x86_64"], criteria: "cpe:2.3:a:acme:tool:*:*:*:*:*:*:*:*",
            platforms: [
                [
                    PlatformMatch(
                        criteria: "cpe:2.3:o:x:y:*:*:*:*:*:*:*:*",
                        range: AffectedRange(kind: .ecosystem, events: [.introducedAfter("1"), .lastAffected("2")])),
                    PlatformMatch(criteria: "cpe:2.3:o:x:z:1:*:*:*:*:*:*:*"),
                ], [PlatformMatch(criteria: "cpe:2.3:h:x:w:-:*:*:*:*:*:*:*")],
            ])
        let index = try product(condition)
        let read = try index.reader.condition(0)
        #expect(read.moduleStream == condition.moduleStream)
        #expect(read.architectures == condition.architectures)
        #expect(read.criteria == condition.criteria)
        #expect(Set(read.platforms) == Set(condition.platforms))
    }

    @Test(
        "a source's epoch is the one that its advisories write, whatever the package's own is",
        arguments: [
            ("mod_ssl", "httpd", "1:2.4.57-8.el9", "0:2.4.57-11.el9_4"), ("mod_ssl", "httpd", "1:2.4.57-11.el9_4", nil),
            ("httpd-core", "httpd", "2.4.57-8.el9", "0:2.4.57-11.el9_4"),
            ("perl-Errno", "perl", "5.26.3-422.el8", nil),
            ("perl-Errno", "perl", "5.26.3-400.el8", "4:5.26.3-416.el8.1"),
            // The package of the source's own name states the right one.
            ("perl", "perl", "5.26.3-422.el8", "4:5.26.3-416.el8.1"), ("perl", "perl", "4:5.26.3-422.el8", nil),
            // Of several, the package's own; else the highest.
            ("podman-docker", "podman", "2:4.0.0-1.el8", "3:0.9.0-1.el8"),
            ("podman-docker", "podman", "3:4.0.0-1.el8", nil), ("podman-docker", "podman", "4:4.0.0-1.el8", nil),
        ] as [(String, String, String, String?)])
    func sourceEpochs(package: String, source: String, version: String, fix: String?) throws {
        let index = try makeIndex(
            [("httpd", "0:2.4.57-11.el9_4"), ("perl", "4:5.26.3-416.el8.1"), ("podman", "2:4.1.0-1.el8")].map {
                rocky($0, fixed: $1)
            } + [rocky("podman", fixed: "3:0.9.0-1.el8")])
        let place = AdvisoryCoordinates(scope: "Rocky Linux:9", name: source, version: version)
        let purl = try PackageURL(type: "rpm", namespace: "rocky", name: package, version: "1")
        #expect(index.verdicts(at: place, purl: purl).map(\.fixedVersion) == (fix.map { [$0] } ?? []))
        let explanation = index.explain(at: place, purl: purl, vulnerability: "CVE-2024-0001")
        #expect(explanation.status == (fix == nil ? .fixed : .affected))
        #expect(index.affectingAdvisories(at: place, purl: purl).isEmpty == (fix == nil))
    }

    private func rocky(_ name: String, fixed: String) -> Advisory {
        Advisory(
            id: "RLSA-\(name)-\(fixed.prefix(1))", feed: .osv("Rocky Linux"), upstream: ["CVE-2024-0001"],
            affected: [
                AffectedPackage(
                    scope: "Rocky Linux:9", name: name,
                    ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed(fixed)])])
            ])
    }
}
