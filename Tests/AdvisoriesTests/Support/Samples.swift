import Advisories
import JSONDocuments

/// Records of our own making, after public facts.
enum Samples {
    /// OpenSSL's policy check flaw as Debian views it.
    static let debianView = #"""
        {"schema_version": "1.6.0", "id": "DEBIAN-CVE-2023-0464", "upstream": ["CVE-2023-0464"],
         "details": "Certificate chains with policy constraints take exponential time to verify.",
         "published": "2023-03-22T17:15:13.130Z", "modified": "2025-02-12T08:00:00+01:00",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"}],
         "references": [{"type": "ADVISORY", "url": "https://security-tracker.debian.org/tracker/CVE-2023-0464"}],
         "affected": [
           {"package": {"ecosystem": "Debian:12", "name": "openssl", "purl": "pkg:deb/debian/openssl"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "3.0.9-1"}]}],
            "ecosystem_specific": {"urgency": "not yet assigned"}},
           {"package": {"ecosystem": "Debian:11", "name": "openssl"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}]}],
            "ecosystem_specific": {"urgency": "end-of-life"}}]}
        """#

    /// Jinja2's sandbox escape as GitHub tells it, with everything a record may hold.
    static let github = #"""
        {"schema_version": "1.4.0", "id": "GHSA-462w-v97r-4m45", "aliases": ["CVE-2019-10906", "PYSEC-2019-217"],
         "related": ["CVE-2016-10745"], "summary": "Jinja2 sandbox escape\n via str.format_map", "details": "Upgrade.",
         "published": "2019-04-10T14:30:24Z", "modified": "2024-09-24T21:00:00Z",
         "severity": [{"type": "CVSS_V3", "score": "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:N/A:N"},
                      {"type": "CVSS_V4", "score": "CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:N/VA:N/SC:N/SI:N/SA:N"}],
         "references": [{"type": "WEB", "url": "https://palletsprojects.com/blog/jinja-2-10-1-released"},
                        {"type": "WEB", "url": "javascript:alert(1)"}, {"type": "FIX"}],
         "affected": [
           {"package": {"ecosystem": "PyPI", "name": "Jinja2"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "2.10.1"}]},
                       {"type": "GIT", "repo": "https://github.com/pallets/jinja",
                        "events": [{"introduced": "0"}, {"fixed": "a2a6c930bcca591a25d2b316fcfd2d6793897b26"}]}],
            "versions": ["2.9", "2.10"], "database_specific": {"source": "elsewhere"}}],
         "database_specific": {"severity": "HIGH", "cwe_ids": ["CWE-693"], "github_reviewed": true}}
        """#

    /// A kernel update of AlmaLinux, which says its severity in its summary and its CVEs in `related`.
    static let notice = #"""
        {"id": "ALSA-2024:0897", "summary": "Important: kernel security update", "details": "",
         "published": "2024-02-20T00:00:00Z", "modified": "2024-02-21T09:00:00Z",
         "related": ["CVE-2022-3545", "CVE-2023-6817", "ALSA-2024:0001"], "references": [],
         "affected": [{"package": {"ecosystem": "AlmaLinux:8", "name": "kernel"},
           "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "4.18.0-513.18.1.el8_9"}]}]}]}
        """#

    /// A withdrawn record of the Rust database that only informs.
    static let informational = #"""
        {"id": "RUSTSEC-2020-0016", "summary": "net2 has been deprecated", "details": "Use socket2.",
         "published": "2020-05-01T12:00:00Z", "modified": "2020-10-01T06:46:29Z", "withdrawn": "2021-01-02T03:04:05.678Z",
         "severity": [], "affected": [{"package": {"ecosystem": "crates.io", "name": "net2"},
           "ranges": [{"type": "SEMVER", "events": [{"introduced": "0.0.0-0"}]}],
           "database_specific": {"informational": "unmaintained", "cvss": null}, "versions": []}]}
        """#

    /// A CPython fix known by its commits only.
    static let gitOnly = #"""
        {"id": "PSF-2023-9", "aliases": ["CVE-2023-40217"], "modified": "2023-08-25T01:00:00Z", "details": "TLS bypass.",
         "affected": [{"ranges": [{"type": "GIT", "repo": "https://github.com/python/cpython",
           "events": [{"introduced": "0"}, {"fixed": "256586ab8776e4526ca594b4866b9a3492e628f1"}]}],
           "versions": ["v3.11.4"]}]}
        """#

    static let all = [debianView, github, notice, informational, gitOnly]

    static let tracker = #"""
        {"openssl": {
           "CVE-2023-0464": {"description": "Exponential time.", "debianbug": 1034720, "scope": "remote", "releases": {
             "bookworm": {"status": "resolved", "repositories": {"bookworm": "3.0.11-1~deb12u2"}, "fixed_version": "3.0.9-1",
                          "urgency": "not yet assigned"},
             "bullseye": {"status": "open", "repositories": {}, "urgency": "low", "nodsa": "Minor issue",
                          "nodsa_reason": "postponed"},
             "trixie": {"status": "resolved", "repositories": {}, "fixed_version": "0", "urgency": "unimportant"},
             "sid": {"status": "resolved", "fixed_version": "3.0.9-1", "urgency": "unimportant"}}}},
         "chromium": {
           "CVE-2023-4863": {"releases": {
             "bullseye": {"status": "open", "urgency": "end-of-life"},
             "bookworm": {"status": "undetermined", "urgency": "not yet assigned"},
             "trixie": {"status": "open", "urgency": "high", "nodsa_reason": "ignored"}}},
           "TEMP-0000000-ABCDEF": {"releases": {}}}}
        """#

    static let kev = #"""
        {"title": "Catalog", "catalogVersion": "2024.03.01", "dateReleased": "2024-03-01T15:00:00.5Z", "count": 2,
         "vulnerabilities": [
           {"cveID": "CVE-2021-44228", "vendorProject": "Apache", "product": "Log4j2", "dateAdded": "2021-12-10",
            "dueDate": "2021-12-24", "knownRansomwareCampaignUse": "Known", "cwes": ["CWE-20"]},
           {"cveID": "CVE-2014-0160", "dateAdded": "2022-05-04", "knownRansomwareCampaignUse": "Unknown"}]}
        """#

    static let epss = """
        #model_version:v2025.03.14,score_date:2024-03-01T00:00:00+0000
        cve,epss,percentile
        CVE-2021-44228,0.97565,0.99996
        CVE-2014-0160,0.97311,0.99901

        """
}

extension Advisory {
    /// Reads one record that must be good.
    static func sample(_ text: String, feed: FeedID = .test) throws -> Advisory {
        try OSVFeed.parse(record: try JSONParser().parse(Array(text.utf8)), feed: feed)
    }
}

extension FeedID {
    /// A feed that exists in tests only.
    static let test = FeedID(rawValue: "osv/Test")
}
