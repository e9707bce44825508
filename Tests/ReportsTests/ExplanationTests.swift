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
            sentence: "jinja2 3.1.2 is affected.",
            evidence: [
                Evidence(
                    advisory: "GHSA-1", feed: "osv/PyPI", range: ">= 0, < 3.1.3", comparisons: ["3.1.2 < 3.1.3"],
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
                index       abc

                → GHSA-1 from osv/PyPI: affected
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

                no advisory speaks of it for this package

                """)
    }
}
