import Advisories
import Matching
import PackageIdentity
import Scoring
import Testing

@Suite struct DebianRuleTests {
    private static let scope = "Debian:12"

    @Test("the tracker decides over DEBIAN-CVE, changelog and DSA, whatever they say")
    func trackerDecides() throws {
        let index = try makeIndex([
            tracker("CVE-2024-0001", fixed: "3.0.9-1", state: .fixed),
            advisory(
                "DEBIAN-CVE-2024-0001", feed: .osv("Debian"), upstream: ["CVE-2024-0001"], scope: Self.scope,
                name: "openssl",
                events: [.introduced("0")]),
            advisory(
                "openssl 3.0.11-1", feed: .aptChangelog, upstream: ["CVE-2024-0001"], scope: Self.scope,
                name: "openssl",
                events: [.introduced("0"), .fixed("3.0.11-1")]),
            advisory(
                "DSA-1-1", feed: .osv("Debian"), upstream: ["CVE-2024-0001"], scope: Self.scope, name: "openssl",
                events: [.introduced("0"), .fixed("3.0.12-1")]),
        ])
        let explanation = index.explain("3.0.10-1", "CVE-2024-0001", scope: Self.scope, name: "openssl")
        #expect(explanation.status == .fixed)
        #expect(
            explanation.evidence.map(\.advisory) == [
                "CVE-2024-0001", "DEBIAN-CVE-2024-0001", "openssl 3.0.11-1", "DSA-1-1",
            ])
        #expect(explanation.evidence.map(\.decided) == [true, false, false, false])
        #expect(explanation.evidence.map(\.outcome) == [.fixed, .affected, .affected, .affected])
        #expect(
            explanation.evidence[1].note
                == "overruled by debian-tracker: CVE-2024-0001, which has precedence in Debian:12")
        #expect(index.verdicts("3.0.10-1", scope: Self.scope, name: "openssl") == [])
    }

    @Test("without the tracker DEBIAN-CVE decides, then the changelog, then the DSA", arguments: [0, 1, 2])
    func order(leftOut: Int) throws {
        let ranked = [
            advisory(
                "DEBIAN-CVE-2024-0001", feed: .osv("Debian"), upstream: ["CVE-2024-0001"], scope: Self.scope,
                name: "openssl",
                events: [.introduced("0"), .fixed("1")]),
            advisory(
                "openssl 2", feed: .aptChangelog, upstream: ["CVE-2024-0001"], scope: Self.scope, name: "openssl",
                events: [.introduced("0"), .fixed("2")]),
            advisory(
                "DSA-1-1", feed: .osv("Debian"), upstream: ["CVE-2024-0001"], scope: Self.scope, name: "openssl",
                events: [.introduced("0"), .fixed("3")]),
        ]
        let index = try makeIndex(Array(ranked[leftOut...]))
        #expect(index.verdicts("0.5", scope: Self.scope, name: "openssl").map(\.fixedVersion) == ["\(leftOut + 1)"])
        #expect(index.verdicts("\(leftOut + 1)", scope: Self.scope, name: "openssl") == [])
    }

    @Test("a tracker statement on one release says nothing of another")
    func releasesAreApart() throws {
        let index = try makeIndex([
            tracker("CVE-2024-0001", state: .notAffected),
            advisory(
                "DEBIAN-CVE-2024-0001", feed: .osv("Debian"), upstream: ["CVE-2024-0001"], scope: "Debian:11",
                name: "openssl",
                events: [.introduced("0")]),
        ])
        #expect(index.verdicts("1", scope: "Debian:11", name: "openssl").map(\.status) == [.affected])
        #expect(index.verdicts("1", scope: "Debian:12", name: "openssl") == [])
    }

    @Test(
        "states of the tracker",
        arguments: [
            (FixState.unfixed, VerdictStatus.affected, "no_fix_yet"), (.endOfLife, .affected, "end_of_life"),
            (.ignored, .affected, "no_fix_planned"), (.undetermined, .undetermined, "publisher_undetermined"),
            (.notAffected, .notAffected, "publisher_not_affected"),
        ])
    func states(state: FixState, status: VerdictStatus, reason: String) throws {
        let index = try makeIndex([tracker("CVE-2024-0001", state: state)])
        let explanation = index.explain("3.0.10-1", "CVE-2024-0001", scope: Self.scope, name: "openssl")
        #expect(explanation.status == status)
        #expect(explanation.reason == reason)
        #expect(explanation.fixedVersion == nil)
    }

    @Test("what Debian calls unimportant is reported as affected, with that word")
    func unimportant() throws {
        let index = try makeIndex([tracker("CVE-2024-0001", state: .unfixed, urgency: "unimportant")])
        let verdicts = index.verdicts("1", scope: Self.scope, name: "openssl")
        #expect(verdicts.map(\.urgency) == ["unimportant"])
        #expect(verdicts.map(\.status) == [.affected])
    }

    @Test("what only speaks of packages as unimportant is low by the vendor's word, whatever its score")
    func unimportantIsLow() throws {
        var scored = tracker("CVE-2024-0001", state: .unfixed, urgency: "unimportant")
        scored.severities = [
            SeverityStatement(vector: "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H", origin: .nvd)
        ]
        let low = try #require(try makeIndex([scored]).vulnerability("CVE-2024-0001"))
        #expect(low.severity == .low)
        #expect(low.severitySource == "vendor")
        #expect(low.cvssScore == nil)
        // Another source package that is affected in earnest, and it counts as scored again.
        let earnest = tracker("CVE-2024-0001", state: .unfixed, name: "nodejs")
        for advisories in [[scored, earnest], [earnest, scored]] {
            let record = try #require(try makeIndex(advisories).vulnerability("CVE-2024-0001"))
            #expect(record.severity == .critical)
            #expect(record.severitySource == "nvd")
        }
    }

    @Test("an urgency that is not yet assigned is none")
    func unassignedUrgency() throws {
        let index = try makeIndex([tracker("CVE-2024-0001", state: .unfixed, urgency: "not yet assigned")])
        #expect(index.verdicts("1", scope: Self.scope, name: "openssl").map(\.urgency) == [nil])
    }

    @Test("a DSA speaks of each of its CVEs")
    func noticeSpeaksOfEach() throws {
        let index = try makeIndex([
            advisory(
                "DSA-1-1", feed: .osv("Debian"), upstream: ["CVE-2024-0002", "CVE-2024-0001"], scope: Self.scope,
                name: "openssl",
                events: [.introduced("0"), .fixed("3")])
        ])
        let verdicts = index.verdicts("1", scope: Self.scope, name: "openssl")
        #expect(verdicts.map(\.vulnerability) == ["CVE-2024-0001", "CVE-2024-0002"])
        #expect(verdicts.map(\.advisories) == [["DSA-1-1"], ["DSA-1-1"]])
        #expect(index.vulnerabilityIDs(named: "DSA-1-1") == ["CVE-2024-0001", "CVE-2024-0002"])
        let explanation = index.explain("1", "DSA-1-1", scope: Self.scope, name: "openssl")
        #expect(explanation.vulnerability == "CVE-2024-0001")
    }

    @Test(
        "kernel packages without kernel code are not affected, images are",
        arguments: [
            ("linux-libc-dev", "headers_only" as String?), ("linux-headers-6.1.0-18-amd64", "headers_only"),
            ("linux-headers-6.1.0-18-common", "headers_only"),
            ("linux-doc", "headers_only"), ("linux-doc-6.1", "headers_only"), ("linux-source-6.1", "headers_only"),
            ("linux-kbuild-6.1", "headers_only"),
            ("linux-compiler-gcc-12-x86", "headers_only"), ("linux-libc-dev-arm64-cross", "headers_only"),
            ("linux-image-6.1.0-18-amd64", nil),
            ("linux-image-6.1.0-18-amd64-unsigned", nil),
            ("linux-perf", "kernel_tools"), ("linux-perf-6.1", "kernel_tools"), ("bpftool", "kernel_tools"),
            ("libcpupower1", "kernel_tools"), ("hyperv-daemons", "kernel_tools"), ("usbip", "kernel_tools"),
        ])
    func kernelPackages(name: String, exemption: String?) throws {
        let index = try makeIndex([tracker("CVE-2024-0001", state: .unfixed, name: "linux")])
        let purl = try PackageURL(
            type: "deb", namespace: "debian", name: name, version: "6.1.76-1",
            qualifiers: ["distro": "debian-12", "upstream": "linux"])
        #expect(index.verdicts(for: purl).isEmpty == (exemption != nil))
        let explanation = index.explain(purl, vulnerability: "CVE-2024-0001")
        #expect(explanation.status == (exemption == nil ? .affected : .notAffected))
        #expect(explanation.reason == (exemption ?? "no_fix_yet"))
        #expect(explanation.evidence.map(\.decided) == [exemption == nil])
    }

    @Test("headers of something else than the kernel are matched by their source")
    func otherHeaders() throws {
        let index = try makeIndex([tracker("CVE-2024-0001", state: .unfixed, name: "openssl")])
        let purl = try PackageURL("pkg:deb/debian/linux-headers-openssl@1?distro=debian-12&upstream=openssl")
        #expect(index.verdicts(for: purl).map(\.vulnerability) == ["CVE-2024-0001"])
    }
}
