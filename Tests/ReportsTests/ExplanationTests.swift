import Matching
import PackageIdentity
import Testing

@testable import Reports

@Suite struct ExplanationTests {
    @Test func givesTheAnswerThenTheEvidence() {
        let explanation = Explanation(
            purl: "pkg:pypi/jinja2@3.1.2",
            coordinates: AdvisoryCoordinates(scope: "PyPI", name: "jinja2", version: "3.1.2"),
            vulnerability: "CVE-2024-0002", status: .affected, reason: VerdictReason.inRange, fixedVersion: "3.1.3",
            precedence: "all count alike", sentence: "jinja2 3.1.2 is affected.",
            evidence: [
                Evidence(
                    advisory: "GHSA-1", feed: "osv/PyPI", snapshot: 1_770_062_400, range: ">= 0, < 3.1.3",
                    comparisons: ["3.1.2 < 3.1.3"],
                    outcome: .affected, decided: true),
                Evidence(
                    advisory: "PYSEC-1", feed: "osv/PyPI", range: "", comparisons: [], outcome: .notAffected,
                    decided: false, note: "withdrawn"),
            ], indexDigest: "abc")
        #expect(
            explanation.text() == """
                jinja2 3.1.2 is affected.

                package     pkg:pypi/jinja2@3.1.2
                looked up   jinja2 3.1.2 in PyPI
                id          CVE-2024-0002
                status      affected (in range)
                rule        all count alike
                index       abc

                → GHSA-1 from osv/PyPI of 2026-02-02: affected
                    range     >= 0, < 3.1.3
                    compared  3.1.2 < 3.1.3
                  PYSEC-1 from osv/PyPI: not affected
                    note      withdrawn

                """)
    }

    @Test func saysWhenThereIsNoEvidence() {
        let explanation = Explanation(
            purl: "pkg:generic/thing@1", coordinates: nil, vulnerability: "CVE-1", status: .undetermined,
            reason: VerdictReason.noCoordinates, sentence: "Nobody knows.", evidence: [], indexDigest: "abc")
        #expect(
            explanation.text() == """
                Nobody knows.

                package     pkg:generic/thing@1
                id          CVE-1
                status      undetermined (no coordinates)
                index       abc

                no advisory of it speaks of this package

                """)
    }

    @Test func theMachineFormNamesRuleAndSnapshot() throws {
        let index = try makeIndex(sampleAdvisories)
        let subject = ReportedPackage(try PackageURL("pkg:deb/debian/openssl@3.0.11-1?distro=debian-12"))
        let explained = ExplainedPackage.explain(
            subject, vulnerability: "CVE-2024-0001", index: index, policy: MatchPolicy())
        let json = written { ExplainedPackage.writeJSON(explained, to: $0) }
        #expect(
            json.contains(
                #""precedence":"the distribution's own per-vulnerability data comes before everything else""#))
        // The feed of this index has no date.
        #expect(json.contains(#""snapshot":null"#))
    }

    @Test func whatNobodySpeaksOfIsCountedByReason() throws {
        let index = try makeIndex(sampleAdvisories)
        let purls = [
            "pkg:pypi/jinja2@3.1.2", "pkg:pypi/a@1", "pkg:pypi/b@1", "pkg:npm/a@1", "pkg:deb/debian/x@1?distro=sid",
        ]
        let explained = try purls.flatMap {
            ExplainedPackage.explain(
                ReportedPackage(try PackageURL($0)), vulnerability: "CVE-2024-0002", index: index,
                policy: MatchPolicy())
        }
        #expect(explained.map(\.isSpokenOf) == [true, false, false, false, false])
        let text = ExplainedPackage.text(explained)
        #expect(text.hasPrefix("jinja2 3.1.2 in PyPI is affected by CVE-2024-0002; 3.1.3 repairs it"))
        #expect(
            text.hasSuffix(
                """

                2 packages not affected (no advisory): a, b
                1 package undetermined (no coordinates): pkg:deb/debian/x@1?distro=sid
                1 package undetermined (scope not covered): a

                """))
        // Of few packages each is told in full.
        #expect(ExplainedPackage.text([explained[4]]).contains("status      undetermined (no coordinates)"))
    }
}
