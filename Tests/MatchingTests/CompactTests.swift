import Foundation
import PackageIdentity
import Scoring
import Testing

@testable import Advisories
@testable import Matching

@Suite struct CompactTests {
    @Test("what was decided at build time is what the statements say, for every version of every name")
    func segmentsAgreeWithEntries() throws {
        let index = try makeIndex(DeterminismTests.varied(400))
        var compact = CompactVerdicts()
        var answers = 0
        for number in 0..<UInt32(index.nameCount) {
            let name = try index.reader.name(number)
            let scope = try index.reader.text(name.scope)
            let texts = try (0..<name.versionCount).map { try index.reader.versionText($0, in: name) }
            let longer = texts.map { $0 + ".1" }
            for version in texts + longer + ["0", "999", "??"] {
                let coordinates = AdvisoryCoordinates(
                    scope: scope, name: try index.reader.text(name.name), version: version)
                compact.removeAll()
                try index.match(coordinates, into: &compact)
                let place = try index.place(of: version, in: name)
                let hearing = Hearing(reader: index.reader, name: name, context: MatchContext(), version: version)
                var expected: [String] = []
                for group in name.groups {
                    let result = try hearing.decide(
                        try hearing.hear(try index.reader.statements(ofGroup: group, in: name)), at: place)
                    guard result.code.isAffected || result.code.isUndetermined else { continue }
                    expected.append("\(group) \(result.code) \(result.fix) \(result.confidence)")
                }
                let found = (0..<compact.records.count).map { index in
                    let record = compact.records[index]
                    return "\(record.group) \(record.code) \(record.fix) \(record.confidence)"
                }
                #expect(found == expected, "\(coordinates)")
                answers += found.count
            }
        }
        #expect(answers > 1000)
    }

    @Test("spans, coordinates and texts give the same answers")
    func forms() throws {
        let index = try makeIndex([advisory("CVE-2024-0001", events: [.introduced("0"), .fixed("2.0")])])
        var compact = CompactVerdicts()
        let scope = Array("PyPI".utf8)
        let name = Array("tool".utf8)
        let version = Array("1.0".utf8)
        let isKnown = try index.match(scope: scope.span, name: name.span, version: version.span, into: &compact)
        #expect(isKnown)
        let record = compact.records[0]
        #expect(try index.verdict(record) == index.verdicts("1.0")[0])
        #expect(try index.fixedVersion(of: record) == "2.0")
        #expect(try index.vulnerabilityID(number: record.vulnerability) == "CVE-2024-0001")
        var ids: [String] = []
        try index.forEachAdvisoryID(of: record) { ids.append(String(decoding: $0, as: UTF8.self)) }
        #expect(ids == ["CVE-2024-0001"])
        #expect(try index.withUrgency(of: record) { $0.count } == 0)
        let bytes = try index.withFixedVersion(of: record) { $0.map { Array($0) } }
        #expect(bytes == Array("2.0".utf8))
        #expect(
            try index.withVulnerabilityID(number: record.vulnerability) { Array($0) } == Array("CVE-2024-0001".utf8))
        #expect(
            (record.status, record.reason, record.hasFix, record.confidence) == (.affected, "in_range", true, .exact))
        let isKnownElsewhere = try index.match(
            scope: scope.span, name: scope.span, version: version.span, into: &compact)
        #expect(!isKnownElsewhere)
        #expect(compact.records.count == 1)
    }

    @Test(
        "the repair named is that of the installed branch",
        arguments: [("1.1", "1.2.3"), ("2.0.5", "2.1.1"), ("1.2.3", nil), ("1.5", nil), ("2.1.1", nil)]
            as [(String, String?)])
    func branches(version: String, fix: String?) throws {
        let index = try makeIndex([
            advisory(
                "GHSA-aaaa-aaaa-aaaa", scope: "npm",
                events: [.introduced("1.0"), .fixed("1.2.3"), .introduced("2.0"), .fixed("2.1.1")])
        ])
        #expect(index.verdicts(version, scope: "npm").map(\.fixedVersion) == (fix.map { [$0] } ?? []))
    }

    @Test("the repair named is none that another advisory of the vulnerability still calls affected")
    func clearFix() throws {
        let index = try makeIndex([
            advisory("GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001"], events: [.introduced("0"), .fixed("1.5")]),
            advisory("PYSEC-2024-1", aliases: ["CVE-2024-0001"], events: [.introduced("0"), .fixed("1.8")]),
        ])
        let verdict = index.verdicts("1.0").first
        #expect(verdict?.fixedVersion == "1.8")
        #expect(verdict?.advisories == ["GHSA-aaaa-aaaa-aaaa", "PYSEC-2024-1"])
    }

    @Test("a repair that only another release has is said to be there")
    func elsewhere() throws {
        let index = try makeIndex(
            [
                tracker("CVE-2024-0001", state: .unfixed),
                advisory(
                    "CVE-2024-0001", feed: .debianTracker, scope: "Debian:13", name: "openssl",
                    events: [.introduced("0"), .fixed("3.5.1-1")], state: .fixed),
            ], feeds: [FeedSummary(id: .debianTracker, records: 2, snapshotDate: 1_700_000_000)])
        let explanation = index.explain("3.0.9-1", "CVE-2024-0001", scope: "Debian:12", name: "openssl")
        #expect(explanation.fixesElsewhere == [FixElsewhere(scope: "Debian:13", version: "3.5.1-1")])
        #expect(explanation.sentence.hasSuffix("Repaired elsewhere: 3.5.1-1 in Debian:13."))
        #expect(explanation.precedence == "the distribution's own per-vulnerability data comes before everything else")
        #expect(explanation.evidence.map(\.snapshot) == [1_700_000_000])
    }

    @Test(
        "an image of a kernel that is not running is affected and says so; a package that draws in the newest counts as running"
    )
    func restingKernel() throws {
        let index = try makeIndex([tracker("CVE-2024-0001", fixed: "6.1.99-1", state: .fixed, name: "linux")])
        func reasons(_ package: String, running: String?) -> [String] {
            let context = MatchContext(package: .init(type: "deb", name: package), runningKernel: running)
            let coordinates = AdvisoryCoordinates(scope: "Debian:12", name: "linux", version: "6.1.76-1")
            return index.verdicts(at: coordinates, purl: nil, context: context).map(\.reason)
        }
        #expect(reasons("linux-image-6.1.0-18-amd64", running: "6.1.0-18-amd64") == ["in_range"])
        #expect(reasons("linux-image-6.1.0-18-amd64", running: "6.1.0-20-amd64") == ["kernel_not_running"])
        #expect(reasons("linux-image-6.1.0-18-amd64", running: nil) == ["in_range"])
        #expect(reasons("linux-image-amd64", running: "6.1.0-20-amd64") == ["in_range"])
        #expect(reasons("linux-image-unsigned-6.1.0-18-amd64", running: "6.1.0-18-amd64") == ["in_range"])
        #expect(reasons("linux-modules-extra-6.1.0-18-amd64", running: "6.1.0-20-amd64") == ["kernel_not_running"])
        #expect(reasons("linux-headers-6.1.0-18-amd64", running: "6.1.0-18-amd64") == [])
    }

    @Test(
        "RPM distributions keep several kernels under one name: their versions tell which one runs",
        arguments: [
            ("kernel-core", "5.14.0-362.8.1.el9_3", "5.14.0-362.8.1.el9_3.x86_64", true),
            ("kernel-core", "0:5.14.0-362.8.1.el9_3", "5.14.0-362.8.1.el9_3.aarch64+64k", true),
            ("kernel-core", "5.14.0-362.8.1.el9_3", "5.14.0-427.13.1.el9_4.x86_64", false),
            ("kernel-core", "5.14.0-362.8.1.el9_3", "5.14.0-362.8.1.el9_30.x86_64", false),
            ("kernel-modules-extra", "5.14.0-362.8.1.el9_3", "5.14.0-427.13.1.el9_4.x86_64", false),
            ("kernel-default", "5.14.21-150500.55.7.1", "5.14.21-150500.55.7-default", true),
            ("kernel-default", "5.14.21-150500.55.7.1", "5.14.21-150500.55.12-default", false),
            // No images: they run nowhere, or beside whatever kernel.
            ("kernel-devel", "5.14.0-362.8.1.el9_3", "5.14.0-427.13.1.el9_4.x86_64", true),
            ("kernel-tools", "5.14.0-362.8.1.el9_3", "5.14.0-427.13.1.el9_4.x86_64", true),
            ("openssl", "3.0.7-1.el9", "5.14.0-427.13.1.el9_4.x86_64", true),
        ])
    func restingKernelOfRPM(name: String, version: String, running: String, runs: Bool) throws {
        let index = try makeIndex([
            advisory(
                "CVE-2024-0001", feed: .osv("Rocky Linux"), scope: "Rocky Linux:9", name: name,
                events: [.introduced("0"), .fixed("9.0-1")])
        ])
        let context = MatchContext(package: .init(type: "rpm", name: name), runningKernel: running)
        let coordinates = AdvisoryCoordinates(scope: "Rocky Linux:9", name: name, version: version)
        let reasons = index.verdicts(at: coordinates, purl: nil, context: context).map(\.reason)
        #expect(reasons == [runs ? "in_range" : "kernel_not_running"])
        let explained = index.explain(at: coordinates, purl: nil, vulnerability: "CVE-2024-0001", context: context)
        #expect(explained.reason == reasons.first)
    }

    @Test("what RustSec only informs of is no finding, unless another database calls it a vulnerability")
    func informational() throws {
        let unmaintained = advisory(
            "RUSTSEC-2021-0139", feed: .osv("crates.io"), scope: "crates.io", events: [.introduced("0")],
            urgency: "unmaintained")
        let index = try makeIndex([unmaintained])
        #expect(index.verdicts("0.12.1", scope: "crates.io") == [])
        let explanation = index.explain("0.12.1", "RUSTSEC-2021-0139", scope: "crates.io")
        #expect(explanation.status == .notAffected)
        #expect(explanation.reason == VerdictReason.informational)
        let rival = advisory(
            "GHSA-aaaa-aaaa-aaaa", feed: .osv("crates.io"), aliases: ["RUSTSEC-2021-0139"], scope: "crates.io",
            events: [.introduced("0"), .fixed("1.0")])
        let both = try makeIndex([unmaintained, rival])
        #expect(both.verdicts("0.12.1", scope: "crates.io").map(\.fixedVersion) == ["1.0"])
    }

    @Test("a numbering authority's range is heard only where nobody else speaks of the product")
    func numberingAuthority() throws {
        let own = advisory(
            "CVE-2024-0001", feed: .cveList, scope: "cpe:a", name: "acme:tool", events: [.introduced("0")])
        let nvd = advisory(
            "CVE-2024-0001", feed: .nvd, scope: "cpe:a", name: "acme:tool", events: [.introduced("0"), .fixed("2.0")])
        #expect(try makeIndex([own]).verdicts("3.0", scope: "cpe:a", name: "acme:tool").count == 1)
        #expect(try makeIndex([own, nvd]).verdicts("3.0", scope: "cpe:a", name: "acme:tool") == [])
    }

    @Test("a vendor's word is the severity, and the score is that of the next who gives a vector")
    func wordAndScore() throws {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H"
        let index = try makeIndex([
            advisory(
                "CVE-2024-0001", events: [.introduced("0")],
                severities: [
                    SeverityStatement(vector: nil, word: .low, origin: .vendor),
                    SeverityStatement(vector: vector, word: nil, origin: .nvd),
                ])
        ])
        let record = index.vulnerability("CVE-2024-0001")
        #expect(record?.severity == .low)
        #expect(record?.severitySource == "vendor")
        #expect(record?.cvssVector == vector)
        #expect(record?.cvssScore == 7.5)
    }

    @Test("without a CVE or GHSA id the ecosystem's own id names the vulnerability, not the Global Security Database's")
    func names() throws {
        let index = try makeIndex([
            advisory("PYSEC-2024-1", aliases: ["GSD-2024-1"], events: [.introduced("0")]),
            advisory("GSD-2024-1", events: [.introduced("0")]),
        ])
        #expect(index.verdicts("1.0").map(\.vulnerability) == ["PYSEC-2024-1"])
    }

    @Test("a source is asked for what nothing under the binary package's name speaks of")
    func sources() throws {
        let scope = "Red Hat:enterprise_linux:9"
        let index = try makeIndex([
            advisory(
                "CVE-2024-0001", feed: .csaf("redhat/vex"), scope: scope, name: "libcurl", state: .notAffected),
            advisory(
                "CVE-2024-0001", feed: .csaf("redhat/vex"), scope: scope, name: "curl", events: [.introduced("0")],
                state: .unfixed),
            advisory(
                "CVE-2024-0002", feed: .csaf("redhat/vex"), scope: scope, name: "curl", events: [.introduced("0")],
                state: .unfixed),
        ])
        let version = "7.76.1-26.el9"
        func coordinates(_ name: String) -> AdvisoryCoordinates {
            AdvisoryCoordinates(scope: scope, name: name, version: version)
        }
        var found = CompactVerdicts()
        try index.match(
            coordinates("libcurl"), orSource: coordinates("curl"), context: MatchContext(), into: &found)
        let ids = try (0..<found.records.count).map { try index.verdict(found.records[$0]).vulnerability }
        #expect(ids == ["CVE-2024-0002"])
    }

    @Test("advisories can be read back by id")
    func advisoryRecords() throws {
        let index = try makeIndex([
            advisory(
                "GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001"], events: [.introduced("1.0"), .fixed("2.0")],
                versions: ["0.5"], summary: "a summary"),
            advisory("PYSEC-2024-2", events: [.introduced("0"), .lastAffected("3.0")]),
        ])
        let record = try #require(index.advisoryRecords(named: "GHSA-aaaa-aaaa-aaaa").first)
        #expect(record.vulnerabilities == ["CVE-2024-0001"])
        #expect(record.aliases == ["CVE-2024-0001"])
        #expect(record.summary == "a summary")
        #expect(record.affected.map(\.name) == ["tool"])
        #expect(record.affected[0].ranges == [[.introduced("1.0"), .fixed("2.0")]])
        #expect(record.affected[0].versions == ["0.5"])
        let coordinates = AdvisoryCoordinates(scope: "PyPI", name: "tool", version: "2.5")
        #expect(index.affectingAdvisories(at: coordinates, purl: nil).map(\.id) == ["PYSEC-2024-2"])
        #expect(index.advisories(scope: "PyPI", name: "tool").map(\.id) == ["GHSA-aaaa-aaaa-aaaa", "PYSEC-2024-2"])
        #expect(index.advisoryRecords(named: "GHSA-none") == [])
        #expect(index.scopes == ["PyPI"])
    }

    @Test("a name is found as it is filed and shown as publishers write it")
    func spellings() throws {
        func written(_ id: String, _ spelling: String?, name: String = "github.com/team/tool") -> Advisory {
            var made = advisory(id, feed: .osv("Go"), scope: "Go", name: name, events: [.introduced("0")])
            made.affected[0].spelling = spelling
            return made
        }
        let advisories = [
            written("GO-1", nil), written("GO-2", "github.com/Team/Tool"), written("GO-3", "github.com/team/Tool"),
            written("GO-4", nil, name: "github.com/other/tool"),
        ]
        for order in [advisories, advisories.reversed()] {
            let index = try makeIndex(order)
            // Where publishers differ, the first by bytes is taken for the name.
            #expect(index.advisories(scope: "Go", name: "github.com/team/tool").map(\.id) == ["GO-1", "GO-2", "GO-3"])
            #expect(index.advisories(scope: "Go", name: "github.com/Team/Tool") == [])
            for id in ["GO-1", "GO-2", "GO-3"] {
                #expect(index.advisoryRecords(named: id).flatMap(\.affected).map(\.name) == ["github.com/Team/Tool"])
            }
            #expect(
                index.advisoryRecords(named: "GO-4").flatMap(\.affected).map(\.name) == ["github.com/other/tool"])
        }
        // Another spelling is no other verdict.
        let (one, other) = (
            try makeIndex([written("GO-1", nil)]), try makeIndex([written("GO-1", "github.com/Team/Tool")])
        )
        #expect(one.digest != other.digest)
        #expect(other.changedNames(since: one) == [])
    }

    @Test("a record in brief is the whole one without details, references and advisories")
    func brief() throws {
        let index = try makeIndex([
            advisory(
                "GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001"], events: [.introduced("0")],
                severities: [SeverityStatement(vector: nil, word: .high, origin: .github)], summary: "a summary",
                details: "a long story")
        ])
        var found = CompactVerdicts()
        try index.match(AdvisoryCoordinates(scope: "PyPI", name: "tool", version: "1.0"), into: &found)
        let brief = try index.brief(number: found.records[0].vulnerability)
        let whole = try #require(index.vulnerability("CVE-2024-0001"))
        #expect(whole.details == "a long story" && whole.advisories == ["GHSA-aaaa-aaaa-aaaa"])
        #expect(
            brief
                == VulnerabilityRecord(
                    id: whole.id, aliases: ["GHSA-aaaa-aaaa-aaaa"], summary: "a summary", severity: .high,
                    severitySource: "github", risk: whole.risk, published: whole.published, modified: whole.modified))
        #expect(throws: IndexError.self) { try index.brief(number: 1) }
    }

    @Test("a record's parts are those of the record in brief", arguments: [true, false])
    func parts(isRated: Bool) throws {
        let vector = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"
        let index = try makeIndex([
            advisory(
                "GHSA-aaaa-aaaa-aaaa", aliases: ["CVE-2024-0001", "PYSEC-2024-1"], events: [.introduced("0")],
                severities: isRated ? [SeverityStatement(vector: vector, origin: .github)] : [],
                summary: isRated ? "a summary" : "")
        ])
        var found = CompactVerdicts()
        try index.match(AdvisoryCoordinates(scope: "PyPI", name: "tool", version: "1.0"), into: &found)
        let number = found.records[0].vulnerability
        let brief = try index.brief(number: number)
        let weight = try index.weight(number: number)
        #expect(weight.severity == brief.severity && weight.risk == brief.risk.value)
        #expect(try index.rating(number: number) == brief.rating)
        var aliases: [String] = []
        try index.forEachAlias(number: number) { aliases.append(String(decoding: $0, as: UTF8.self)) }
        #expect(aliases == brief.aliases && aliases == ["GHSA-aaaa-aaaa-aaaa", "PYSEC-2024-1"])
        #expect(try index.withSummary(number: number) { String(decoding: $0, as: UTF8.self) } == brief.summary)
        let read = try index.withCVSSVector(number: number) { $0.map { String(decoding: $0, as: UTF8.self) } }
        #expect(read == brief.cvssVector && read == (isRated ? vector : nil))
        #expect(throws: IndexError.self) { try index.rating(number: 1) }
    }

    @Test("intelligence is in the file: exploits, decision points, support")
    func intelligence() throws {
        var known = ThreatIntelligence()
        let exploits = PublicExploits(exploitDatabase: [7, 9], isVerified: true, metasploit: ["exploit/a/b"])
        let points = SSVCDecisionPoints(exploitation: .poc, isAutomatable: true, technicalImpact: .total)
        let cycle = Lifecycle(
            product: "debian", identifiers: ["cpe:2.3:o:debian:debian_linux"],
            releases: [.init(cycle: "12", codename: "bookworm", securitySupportEnd: "2026-06-10", latest: "12.1")])
        let note = SupportNote(scope: "Debian:12", name: "binutils", isEnded: false, text: "Only for trusted input")
        known.exploits["CVE-2024-0001"] = exploits
        known.ssvc["CVE-2024-0001"] = points
        known.lifecycles["debian"] = cycle
        known.supportNotes = [note]
        let index = try makeIndex([advisory("CVE-2024-0001", events: [.introduced("0")])], intelligence: known)
        #expect(index.vulnerability("CVE-2024-0001")?.exploits == exploits)
        #expect(index.vulnerability("CVE-2024-0001")?.ssvc == points)
        #expect(index.lifecycle(product: "debian") == cycle)
        #expect(index.supportNotes(scope: "Debian:12", name: "binutils") == [note])
        #expect(index.supportNotes(scope: "Debian:12", name: "bash") == [])
    }
}
