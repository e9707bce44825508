import Advisories
import Foundation
import Matching
import PackageIdentity
import Testing

@Suite struct ExplanationTests {
    @Test("evidence gives range, comparisons and outcome in words")
    func evidence() throws {
        let index = try makeIndex([tracker("CVE-2023-0464", fixed: "3.0.11-1~deb12u2", state: .fixed)])
        let purl = try PackageURL("pkg:deb/debian/libssl3@3.0.9-1?arch=amd64&distro=debian-12&upstream=openssl")
        let explanation = index.explain(purl, vulnerability: "CVE-2023-0464")
        #expect(
            explanation.evidence == [
                Evidence(
                    advisory: "CVE-2023-0464", feed: "debian-tracker", range: "[introduced 0, fixed 3.0.11-1~deb12u2)",
                    comparisons: ["3.0.9-1 < 3.0.11-1~deb12u2"], outcome: .affected, decided: true)
            ])
        #expect(explanation.purl == purl.description)
        #expect(explanation.coordinates == AdvisoryCoordinates(scope: "Debian:12", name: "openssl", version: "3.0.9-1"))
        #expect(explanation.fixedVersion == "3.0.11-1~deb12u2")
        #expect(explanation.indexDigest == index.digest)
        #expect(
            explanation.sentence
                == "libssl3 of source openssl 3.0.9-1 in Debian:12 is affected by CVE-2023-0464; 3.0.11-1~deb12u2 repairs it "
                + "(debian-tracker: CVE-2023-0464).")
    }

    @Test("a repaired version names the repair it passed")
    func repaired() throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", events: [.introduced("0"), .fixed("1.1"), .introduced("2.0"), .fixed("2.1")])
        ])
        let explanation = index.explain("1.2", "CVE-2024-0001")
        #expect(explanation.status == .fixed)
        #expect(explanation.sentence.contains("made in 1.1"))
        #expect(explanation.evidence[0].range == "[introduced 0, fixed 1.1) or [introduced 2.0, fixed 2.1)")
        #expect(explanation.evidence[0].comparisons == ["1.2 > 1.1", "1.2 < 2.0"])
    }

    @Test("bounds are shown as published, also where another spelling is equal")
    func originalTexts() throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", events: [.introduced("0"), .fixed("1.10")]),
            advisory("CVE-2024-0002", events: [.introduced("0"), .lastAffected("1.10.0")], versions: ["1.0.0"]),
        ])
        #expect(index.explain("1.9", "CVE-2024-0001").evidence[0].comparisons == ["1.9 < 1.10"])
        let listed = index.explain("1.0", "CVE-2024-0002").evidence[0]
        #expect(listed.range == "[introduced 0, last affected 1.10.0] or versions 1.0.0")
        #expect(listed.comparisons == ["1.0 < 1.10.0", "1.0 = 1.0.0"])
    }

    @Test("an advisory overruled by its equals says so")
    func outvoted() throws {
        let index = try makeIndex([
            advisory("GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001"], events: [.introduced("0"), .fixed("2.0")]),
            advisory("PYSEC-2024-1", aliases: ["CVE-2024-0001"], events: [.introduced("0"), .fixed("1.0")]),
        ])
        let evidence = index.explain("1.5", "CVE-2024-0001").evidence
        #expect(evidence.map(\.decided) == [true, false])
        #expect(evidence[1].note == "another statement of the same standing says affected")
    }

    @Test(
        "what cannot be answered says why",
        arguments: [
            ("pkg:pypi/tool@1.0", "CVE-1999-0001", VerdictStatus.undetermined, "unknown_vulnerability"),
            ("pkg:pypi/other@1.0", "CVE-2024-0001", .notAffected, "no_advisory"),
            ("pkg:npm/tool@1.0", "CVE-2024-0001", .undetermined, "scope_not_covered"),
            ("pkg:pypi/tool", "CVE-2024-0001", .undetermined, "no_coordinates"),
            ("pkg:pypi/tool@1.0", "CVE-2024-0002", .notAffected, "no_advisory"),
        ])
    func unanswerable(purl: String, id: String, status: VerdictStatus, reason: String) throws {
        let index = try makeIndex([
            advisory("CVE-2024-0001", events: [.introduced("0")]),
            advisory("CVE-2024-0002", name: "another", events: [.introduced("0")]),
        ])
        let explanation = index.explain(try PackageURL(purl), vulnerability: id)
        #expect(explanation.status == status)
        #expect(explanation.reason == reason)
        #expect(explanation.evidence == [])
        #expect(explanation.sentence.contains(id) || reason == "no_coordinates")
    }

    @Test("an explanation survives JSON")
    func coding() throws {
        let index = try makeIndex([tracker("CVE-2023-0464", fixed: "3.0.11-1", state: .fixed)])
        let explanation = index.explain("3.0.9-1", "CVE-2023-0464", scope: "Debian:12", name: "openssl")
        let decoded = try JSONDecoder().decode(Explanation.self, from: JSONEncoder().encode(explanation))
        #expect(decoded == explanation)
    }

    @Test("a build from outside the distribution is not judged by the distribution's advisories")
    func foreignBuild() throws {
        let index = try makeIndex([])
        let package = try PackageURL("pkg:deb/debian/nodejs@18.20.4-1nodesource1?distro=debian-12")
        let explanation = index.explain(package, vulnerability: "CVE-2024-0001")
        #expect(explanation.status == .undetermined)
        #expect(explanation.reason == VerdictReason.foreignBuild)
        #expect(explanation.sentence.contains("NodeSource"))
        #expect(index.verdicts(for: package) == [])
    }
}
