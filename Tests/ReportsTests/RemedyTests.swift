import Matching
import PackageIdentity
import Testing

@testable import Reports

@Suite struct RemedyTests {
    private static let debian = "pkg:deb/debian/libssl3@3.0.11-1?distro=debian-12&upstream=openssl"
    private static let pypi = "pkg:pypi/jinja2@3.1.2"

    @Test(
        arguments: [
            (debian, .affected, VerdictReason.inRange, "3.0.13-1", "Upgrade openssl to 3.0.13-1"),
            (pypi, .affected, VerdictReason.inRange, "3.1.3", "Upgrade jinja2 to 3.1.3"),
            (debian, .affected, VerdictReason.noFixYet, nil, "No fix in Debian 12 yet"),
            (pypi, .affected, VerdictReason.listedVersion, nil, "No fix in PyPI yet"),
            (
                debian, .affected, VerdictReason.noFixPlanned, nil,
                "No fix planned in Debian 12; remove openssl or limit who reaches it"
            ),
            (
                debian, .affected, VerdictReason.endOfLife, nil,
                "Debian 12 is no longer supported; move to a supported release"
            ),
            (
                "pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?distro=debian-12&upstream=linux", .affected,
                VerdictReason.kernelNotRunning, "6.1.99-1",
                "Remove linux-image-6.1.0-18-amd64: another kernel is running"
            ),
            ("pkg:generic/thing@1", .affected, VerdictReason.noFixYet, nil, "No fix in generic yet"),
            (pypi, .undetermined, VerdictReason.unparsableVersion, nil, "Check by hand: unparsable version"),
            (pypi, .fixed, VerdictReason.fixedVersion, "3.1.3", "Nothing to do"),
            (pypi, .notAffected, VerdictReason.outOfRange, nil, "Nothing to do"),
        ] as [(String, VerdictStatus, String, String?, String)])
    func saysWhatToDo(purl: String, status: VerdictStatus, reason: String, fixed: String?, line: String) throws {
        let verdict = Verdict(
            vulnerability: "CVE-1", advisories: [], status: status, fixedVersion: fixed, reason: reason)
        #expect(Remedy.line(for: try PackageURL(purl), verdict: verdict) == line)
    }
}
