import Advisories
import Testing
import Versioning

/// A changelog of our own making in the shapes that Debian and Ubuntu maintainers write.
private let changelog = """
    openssl (3.0.11-1~deb12u3) bookworm-security; urgency=medium

      [ A Person ]
      * SECURITY UPDATE: excessive time in key checks
        - debian/patches/CVE-2023-5678.patch: limit the size
          of the modulus. Reported by A Person.
        https://example.org/ChangeLog-3.0.12
        - CVE-2023-5678
        - cve-2023-6129
      * Refresh CVE-2023-0464.patch.

      [ Another Person ]
      * Import the fixes for CVE-2024-0727
        and CVE-2024-2511, CVE-2024-4603.
      * Not ids: XCVE-2024-1111, CVE-2024-22222x, CVE-24-1, CVE-2024-123.

     -- A Person <person@example.org>  Tue, 30 May 2023 18:12:36 +0200

    openssl (3.0.9-1) unstable; urgency=medium

      * Import 3.0.9
       - CVE-2023-0464 (Excessive Resource Usage Verifying X.509 Policy Constraints)
       - CVE-2023-2650

     -- A Person <person@example.org>  Tue,  2 May 2023 08:00:00 +0000

    openssl1.1 (1.1.1z-1) unstable; urgency=medium

      * Another source package: CVE-2023-9999.

     -- A Person <person@example.org>  Mon, 01 May 2023 08:00:00 +0000

    openssl (3.0.8-1) unstable; urgency=medium

      * Fix CVE-2022-3996.

     -- A Person <person@example.org>  not a date
    """

private func read(
    _ text: String = changelog, installed: String, source: String = "openssl"
) throws -> (sink: CollectedAdvisories, reading: FeedReading) {
    var sink = CollectedAdvisories()
    let reading = try AptChangelogFeed.read(
        changelog: text, source: source, installed: installed, scope: "Debian:12", into: &sink)
    return (sink, reading)
}

/// The advisories as `CVE@version`.
private func facts(_ sink: CollectedAdvisories) -> [String] {
    sink.advisories.map { advisory in
        let fixed = advisory.affected.first?.ranges.first?.events.last
        guard case .fixed(let version)? = fixed else { return advisory.id }
        return "\(advisory.id)@\(version)"
    }
}

@Suite struct AptChangelogTests {
    @Test(arguments: [
        ("3.0.11-1~deb12u3", []),
        (
            "3.0.11-1~deb12u2",
            [
                "CVE-2023-5678@3.0.11-1~deb12u3", "CVE-2023-6129@3.0.11-1~deb12u3", "CVE-2024-0727@3.0.11-1~deb12u3",
                "CVE-2024-2511@3.0.11-1~deb12u3", "CVE-2024-4603@3.0.11-1~deb12u3",
            ]
        ),
        // CVE-2023-0464 is named again by the newest entry, but 3.0.9-1 repaired it.
        (
            "3.0.8-1",
            [
                "CVE-2023-5678@3.0.11-1~deb12u3", "CVE-2023-6129@3.0.11-1~deb12u3", "CVE-2023-0464@3.0.9-1",
                "CVE-2024-0727@3.0.11-1~deb12u3", "CVE-2024-2511@3.0.11-1~deb12u3", "CVE-2024-4603@3.0.11-1~deb12u3",
                "CVE-2023-2650@3.0.9-1",
            ]
        ),
    ])
    func namesWhatNewerVersionsRepair(installed: String, expected: [String]) throws {
        let (sink, reading) = try read(installed: installed)
        #expect(facts(sink) == expected)
        #expect(reading.records == expected.count)
        #expect(sink.issues == [])
    }

    @Test func aFactIsAnAdvisoryOfTheRelease() throws {
        let (sink, reading) = try read(installed: "3.0.8-1")
        let advisory = try #require(sink.advisories.first { $0.id == "CVE-2023-2650" })
        #expect(
            advisory
                == Advisory(
                    id: "CVE-2023-2650", feed: .aptChangelog, summary: "Import 3.0.9", published: 1_683_014_400,
                    modified: 1_683_014_400,
                    affected: [
                        AffectedPackage(
                            scope: "Debian:12", name: "openssl",
                            ranges: [AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("3.0.9-1")])],
                            state: .fixed)
                    ]))
        #expect(reading.date == 1_685_463_156)
    }

    @Test(arguments: [
        ("CVE-2023-5678", "debian/patches/CVE-2023-5678.patch: limit the size of the modulus."),
        ("CVE-2023-6129", "SECURITY UPDATE: excessive time in key checks"),
        ("CVE-2023-0464", "CVE-2023-0464 (Excessive Resource Usage Verifying X.509 Policy Constraints)"),
        ("CVE-2024-2511", "Import the fixes for CVE-2024-0727 and CVE-2024-2511, CVE-2024-4603."),
    ])
    func theSummaryIsThePointThatNamesIt(id: String, summary: String) throws {
        let (sink, _) = try read(installed: "3.0.8-1")
        #expect(sink.advisories.first { $0.id == id }?.summary == summary)
    }

    @Test func peopleAreNotKept() throws {
        let (sink, _) = try read(installed: "3.0.8-1")
        #expect(sink.advisories.filter { $0.summary.contains("Person") || $0.details.contains("Person") } == [])
    }

    @Test func longSummariesAreCutBetweenCharacters() throws {
        let text = "a (2) x; urgency=low\n\n  * x" + String(repeating: "é", count: 300) + " CVE-2024-1000\n"
        let (sink, _) = try read(text, installed: "1", source: "a")
        #expect(sink.advisories.map(\.summary) == ["x" + String(repeating: "é", count: 199)])
    }

    @Test func aCutTextGivesWhatItHas() throws {
        let cut = String(changelog.prefix { $0 != "@" })
        #expect(try facts(read(cut, installed: "3.0.8-1").sink).count == 6)
    }

    @Test func linesOfWindowsAndStrayTextAreTaken() throws {
        let text =
            "Changelog of a\r\n\r\na (2-1) unstable; urgency=low\r\n\r\n  * Fix CVE-2024-1000.\r\n\r\n"
            + " -- A Person <a@example.org>  Tue, 30 May 2023 18:12:36 +0200\r\n\r\nLocal variables:\r\nmode: x\r\nEnd:\r\n"
        let (sink, reading) = try read(text, installed: "1-1", source: "a")
        #expect(facts(sink) == ["CVE-2024-1000@2-1"])
        #expect(sink.advisories.map(\.summary) == ["Fix CVE-2024-1000."])
        #expect(reading.date == 1_685_463_156)
    }

    @Test(arguments: [
        ("", "a: the changelog has no entry of it"),
        ("b (1) x; y\n\n  * CVE-2024-1000\n", "a: the changelog has no entry of it"),
        ("a (1:) x; y\n\n  * CVE-2024-1000\n", "a 1:: the version is malformed"),
        ("a (-) x; y\n\n  * CVE-2024-1000\n", "a -: the version is malformed"),
    ])
    func whatCannotBeUsedIsSetAside(text: String, issue: String) throws {
        let (sink, reading) = try read(text, installed: "1", source: "a")
        #expect(sink.advisories == [])
        #expect(sink.issues.map { "\($0.record): \($0.reason)" } == [issue])
        #expect(reading.setAside == 1)
    }

    @Test func aMalformedInstalledVersionIsAnError() {
        #expect(throws: VersionError.self) { try read(installed: "1:") }
    }

    @Test func aHugeChangelogIsReadInOnePass() throws {
        let entry = "a (%) x; y\n\n  * Fix CVE-2024-%.\n\n -- P <p@example.org>  Tue, 30 May 2023 18:12:36 +0200\n\n"
        let text = (1000..<6000).reversed().map { entry.split(separator: "%").joined(separator: "\($0)") }.joined()
        #expect(try read(text, installed: "2999", source: "a").sink.advisories.count == 3000)
    }

    @Test func cutsAndReplacementsNeverTrap() throws {
        let bytes = Array(changelog.utf8)
        for position in bytes.indices {
            for byte in [0x00, 0x0A, 0x28, 0xFF] as [UInt8] {
                var damaged = bytes
                damaged[position] = byte
                if byte == 0 { damaged.removeSubrange(position...) }
                let (sink, reading) = try read(String(decoding: damaged, as: UTF8.self), installed: "3.0.8-1")
                #expect(reading.records == sink.advisories.count)
            }
        }
    }
}
