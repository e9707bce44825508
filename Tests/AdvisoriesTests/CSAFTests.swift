import Advisories
import Scoring
import Testing

private func read(_ text: String) throws -> CollectedAdvisories {
    var sink = CollectedAdvisories()
    let reading = try CSAFFeed.parse(Array(text.utf8), named: "doc.json", feed: .csaf("test"), into: &sink)
    #expect(reading.records == sink.advisories.count)
    #expect(reading.setAside == sink.issues.count)
    return sink
}

/// The packages of a document of one RPM platform.
private func affected(
    cpe: String = "cpe:/o:redhat:enterprise_linux:9", _ packages: [CSAFSamples.Package], status: String,
    more: String = ""
) throws -> [AffectedPackage] {
    let text = CSAFSamples.document(
        platforms: [("P", cpe)], packages: packages, parts: packages.map { ("P", $0.id) }, status: status, more: more)
    return try #require(read(text).advisories.first).affected
}

private func range(_ events: AffectedRange.Event...) -> [AffectedRange] {
    [AffectedRange(kind: .ecosystem, events: events)]
}

@Suite struct CSAFTests {
    @Test func aVEXDocumentIsAnAdvisoryOfItsVulnerability() throws {
        let advisory = try #require(read(CSAFSamples.redHat).advisories.first)
        #expect(advisory.id == "CVE-2023-38545")
        #expect(advisory.upstream == [])
        #expect(advisory.summary == "curl: heap overflow")
        #expect(advisory.details == "A SOCKS5 name too long.")
        #expect(advisory.published == 1_697_004_000)
        #expect(advisory.modified == 1_704_153_600)
        #expect(advisory.references == ["https://access.redhat.com/security/cve/CVE-2023-38545"])
        #expect(
            advisory.severities == [
                SeverityStatement(vector: "CVSS:3.1/AV:N/AC:H/PR:N/UI:R/S:U/C:H/I:H/A:H", origin: .vendor),
                SeverityStatement(word: .high, origin: .vendor),
            ])
    }

    @Test func repairsOfMinorReleasesEachCloseTheirOwnLineOfBuilds() throws {
        let advisory = try #require(read(CSAFSamples.redHat).advisories.first)
        let main = range(
            .introduced("0"), .fixed("7.76.1-23.el9_2.4"), .introduced("7.76.1-26"), .fixed("7.76.1-26.el9_3.2"))
        #expect(
            advisory.affected == [
                // No binary package of that name is spoken of, so the source package counts.
                AffectedPackage(
                    scope: "Red Hat:enterprise_linux:9", name: "curl",
                    ranges: range(.introduced("0"), .fixed("7.76.1-23.el9_2.4")), state: .fixed),
                AffectedPackage(scope: "Red Hat:enterprise_linux:9", name: "libcurl", ranges: main, state: .fixed),
                AffectedPackage(
                    scope: "Red Hat:rhel_eus:9.0", name: "libcurl",
                    ranges: range(.introduced("0"), .fixed("7.76.1-14.el9_0.9")), state: .fixed),
                AffectedPackage(scope: "Red Hat:enterprise_linux:8", name: "libcurl", state: .notAffected),
            ])
    }

    @Test(
        arguments: [
            // A later build for the same minor release replaces the repair before it.
            (["1-1.el9_2.1", "1-1.el9_2.3"], [.introduced("0"), .fixed("1-1.el9_2.3")]),
            // The same first part of the release: the mark of the minor release tells them apart.
            (
                ["1-9.el9_2.1", "1-9.el9_3.2"],
                [.introduced("0"), .fixed("1-9.el9_2.1"), .introduced("1-9.el9_3"), .fixed("1-9.el9_3.2")]
            ),
            (
                ["5.14.0-362.8.1.el9_3", "5.14.0-284.30.1.el9_2"],
                [
                    .introduced("0"), .fixed("5.14.0-284.30.1.el9_2"), .introduced("5.14.0-362"),
                    .fixed("5.14.0-362.8.1.el9_3"),
                ]
            ),
            (
                ["1:2.4-1.el8", "1:2.6-1.el8"],
                [.introduced("0"), .fixed("1:2.4-1.el8"), .introduced("1:2.6-0"), .fixed("1:2.6-1.el8")]
            ),
            (
                ["2.5-1.module+el8.6.0+1+a", "2.5-1.module+el8.8.0+9+b"],
                [
                    .introduced("0"), .fixed("2.5-1.module+el8.6.0+1+a"), .introduced("2.5-1.module+el8.8.0"),
                    .fixed("2.5-1.module+el8.8.0+9+b"),
                ]
            ),
            // Nothing tells these lines apart, so the highest counts.
            (["8.0-150400.5.32.1", "8.0-150400.5.40.1"], [.introduced("0"), .fixed("8.0-150400.5.40.1")]),
        ] as [([String], [AffectedRange.Event])])
    func severalRepairsOfOnePackage(versions: [String], events: [AffectedRange.Event]) throws {
        let packages = versions.map { CSAFSamples.Package("kernel-\($0).x86_64") }
        let status = "\"fixed\":[\(packages.map { "\"P:\($0.id)\"" }.joined(separator: ","))]"
        let found = try affected(packages, status: status)
        #expect(found.map(\.ranges) == [[AffectedRange(kind: .ecosystem, events: events)]])
    }

    @Test(arguments: [
        ("cpe:/o:redhat:enterprise_linux:9::baseos", "Red Hat:enterprise_linux:9"),
        ("cpe:/a:redhat:enterprise_linux:10.1", "Red Hat:enterprise_linux:10"),
        ("cpe:/a:redhat:rhel_eus:8.6::appstream", "Red Hat:rhel_eus:8.6"),
        ("cpe:/o:redhat:enterprise_linux_eus:10.0", "Red Hat:rhel_eus:10.0"),
        ("cpe:/a:redhat:enterprise_linux_ai:3", "Red Hat:enterprise_linux_ai:3"),
        ("cpe:/o:redhat:rhel_els:6", "Red Hat:rhel_els:6"),
        ("cpe:/a:redhat:openshift:4.12::el8", "Red Hat:openshift:4.12"),
        ("cpe:2.3:o:redhat:rhel_aus:7.6:*:*:*:*:*:*:*", "Red Hat:rhel_aus:7.6"),
        ("cpe:/a:redhat:jboss_core_services", "Red Hat:jboss_core_services"),
        ("cpe:/a:oracle:linux:9:3:appstream_base", "Oracle Linux:9"),
    ])
    func theScopeOfAPlatformComesFromItsCPE(cpe: String, scope: String) throws {
        let found = try affected(
            cpe: cpe, [CSAFSamples.Package("sudo-1.9-1.x86_64")], status: #""fixed":["P:sudo-1.9-1.x86_64"]"#)
        #expect(found.map(\.scope) == [scope])
    }

    @Test func theModulesOfAnEnterpriseReleaseInstallOntoIt() throws {
        let advisory = try #require(read(CSAFSamples.suse).advisories.first)
        #expect(advisory.id == "SUSE-SU-2023:4044-1")
        #expect(advisory.upstream == ["CVE-2023-38545"])
        let repaired = range(.introduced("0"), .fixed("8.0.1-150400.5.32.1"))
        let paid = range(.introduced("0"), .fixed("7.66.0-150200.4.60.1"))
        #expect(
            advisory.affected == [
                AffectedPackage(
                    scope: "SUSE:Linux Enterprise Server 15 SP5", name: "libcurl4", ranges: repaired, state: .fixed),
                AffectedPackage(
                    scope: "SUSE:Linux Enterprise Server 15 SP3-LTSS", name: "libcurl4", ranges: paid, state: .fixed),
                AffectedPackage(
                    scope: "SUSE:Linux Enterprise Server 15 SP3", name: "libcurl4", ranges: paid, state: .fixed),
                AffectedPackage(scope: "openSUSE:Leap 15.5", name: "libcurl4", ranges: repaired, state: .fixed),
                AffectedPackage(
                    scope: "openSUSE:Leap 15.5", name: "curl", ranges: range(.introduced("0")), state: .unfixed),
            ])
    }

    @Test(
        arguments: [
            ("no_fix_planned", "Will not fix", FixState.ignored, "will not fix"),
            ("no_fix_planned", "Out of support scope", .endOfLife, "out of support scope"),
            ("none_available", "Affected", .unfixed, "affected"),
            ("none_available", "Fix deferred", .unfixed, "fix deferred"),
            ("workaround", "Turn it off", .unfixed, nil),
        ] as [(String, String, FixState, String?)])
    func whatThePublisherMeansToDo(category: String, details: String, state: FixState, word: String?) throws {
        let found = try affected(
            [CSAFSamples.Package("openssl", purl: "pkg:rpm/redhat/openssl")],
            status: #""known_affected":["P:openssl"]"#,
            more: #","remediations":[{"category":"\#(category)","details":"\#(details)","product_ids":["P:openssl"]}]"#)
        #expect(found.map(\.state) == [state])
        #expect(found.map(\.urgency) == [word])
        #expect(found.map(\.ranges) == [range(.introduced("0"))])
    }

    @Test func modulesEpochsAndArchitecturesAreKept() throws {
        let names = [
            (
                "nodejs-1:18.19.1-1.module+el9.x86_64",
                "nodejs@18.19.1-1.module%2Bel9?arch=x86_64&epoch=1&rpmmod=nodejs:18:9030:rhel9"
            ),
            ("bind-32:9.8.2-1.el6.i686", "bind@9.8.2-1.el6?arch=i686"),
            ("sudo-1.9-1.el9.x86_64", "sudo@1.9-1.el9?arch=x86_64"),
            ("sudo-1.9-1.el9.s390x", "sudo@1.9-1.el9?arch=s390x"),
        ]
        let packages = names.map { CSAFSamples.Package($0.0, purl: "pkg:rpm/redhat/" + $0.1) }
        let found = try affected(
            packages,
            status: #"""
                "fixed":["P:nodejs-1:18.19.1-1.module+el9.x86_64","P:bind-32:9.8.2-1.el6.i686","P:sudo-1.9-1.el9.x86_64"],
                "known_not_affected":["P:sudo-1.9-1.el9.s390x"]
                """#)
        let scope = "Red Hat:enterprise_linux:9"
        #expect(
            found == [
                AffectedPackage(
                    scope: scope, name: "nodejs", ranges: range(.introduced("0"), .fixed("1:18.19.1-1.module+el9")),
                    state: .fixed, condition: Condition(moduleStream: "nodejs:18")),
                AffectedPackage(
                    scope: scope, name: "bind", ranges: range(.introduced("0"), .fixed("32:9.8.2-1.el6")), state: .fixed
                ),
                AffectedPackage(
                    scope: scope, name: "sudo", state: .notAffected, condition: Condition(architectures: ["s390x"])),
                AffectedPackage(
                    scope: scope, name: "sudo", ranges: range(.introduced("0"), .fixed("1.9-1.el9")), state: .fixed,
                    condition: Condition(architectures: ["x86_64"])),
            ])
    }

    @Test func aModuleBetweenPackageAndPlatformIsItsStream() throws {
        let module = "gimp:2.8:8080020250623:0621e4ee"
        let package = "gimp-2:2.8.22-26.module+el8.8.0+23318+cec921ba.1.x86_64"
        let text = CSAFSamples.document(
            platforms: [("P", "cpe:/a:redhat:rhel_e4s:8.8::appstream")],
            packages: [
                CSAFSamples.Package(module), CSAFSamples.Package(package), CSAFSamples.Package("nodejs:18/nodejs"),
                CSAFSamples.Package("openshift4/ose-cli"),
            ],
            parts: [("P", module), ("P:" + module, package), ("P", "nodejs:18/nodejs"), ("P", "openshift4/ose-cli")],
            status: #"""
                "fixed":["P:\#(module):\#(package)"],"known_affected":["P:nodejs:18/nodejs","P:openshift4/ose-cli"]
                """#)
        let found = try #require(read(text).advisories.first).affected
        let repaired = range(.introduced("0"), .fixed("2:2.8.22-26.module+el8.8.0+23318+cec921ba.1"))
        #expect(
            found == [
                AffectedPackage(
                    scope: "Red Hat:rhel_e4s:8.8", name: "gimp", ranges: repaired, state: .fixed,
                    condition: Condition(moduleStream: "gimp:2.8")),
                AffectedPackage(
                    scope: "Red Hat:rhel_e4s:8.8", name: "nodejs", ranges: range(.introduced("0")), state: .unfixed,
                    condition: Condition(moduleStream: "nodejs:18")),
            ])
    }

    @Test func aDocumentOfSourcesOnlyStandsUnderTheirNames() throws {
        let found = try affected(
            cpe: "cpe:/a:redhat:rhel_eus:8.8",
            [
                CSAFSamples.Package(
                    "libxml2-0:2.9.13-10.el9_6.src", purl: "pkg:rpm/redhat/libxml2@2.9.13-10.el9_6?arch=src&epoch=0"),
                CSAFSamples.Package("glibc", purl: "pkg:rpm/redhat/glibc?arch=src"),
            ], status: #""fixed":["P:libxml2-0:2.9.13-10.el9_6.src"],"known_affected":["P:glibc"]"#)
        let repaired = range(.introduced("0"), .fixed("2.9.13-10.el9_6"))
        let scope = "Red Hat:rhel_eus:8.8"
        #expect(
            found == [
                AffectedPackage(scope: scope, name: "libxml2", ranges: repaired, state: .fixed),
                AffectedPackage(scope: scope, name: "glibc", ranges: range(.introduced("0")), state: .unfixed),
            ])
    }

    @Test func productsWithACPEStandUnderIt() throws {
        let sink = try read(CSAFSamples.product)
        let advisory = try #require(sink.advisories.first)
        #expect(advisory.id == "SSA-1")
        #expect(
            advisory.affected == [
                AffectedPackage(
                    scope: "cpe:a", name: "siemens:sinec_nms", ranges: range(.introduced("2.0"), .fixed("3.1"))),
                AffectedPackage(
                    scope: "cpe:a", name: "siemens:sinec_nms", versions: ["1.4"], state: .ignored,
                    urgency: "no fix planned",
                    condition: Condition(criteria: "cpe:2.3:a:siemens:sinec_nms:1.4:sp1:*:*:*:*:*:*")),
            ])
        #expect(sink.issues.map(\.reason) == ["1 product ids are not in its product tree"])
    }

    @Test func vulnerabilitiesThatAreSpokenOfDifferentlyStandApart() throws {
        let whole = CSAFSamples.document(
            id: "RHSA-2025:1", category: "csaf_security_advisory",
            platforms: [("P", "cpe:/o:redhat:enterprise_linux:9")], packages: [CSAFSamples.Package("sudo-2-1.x86_64")],
            parts: [("P", "sudo-2-1.x86_64")], status: #""fixed":["P:sudo-2-1.x86_64"]"#)
        let end = #","product_status":{"known_not_affected":["P:sudo-2-1.x86_64"]}}]}"#
        let two = String(whole.dropLast(2)) + #",{"cve":"CVE-2025-2""# + end
        let advisories = try read(two).advisories
        #expect(advisories.map(\.id) == ["RHSA-2025:1/CVE-2023-38545", "RHSA-2025:1/CVE-2025-2"])
        #expect(advisories.map(\.upstream) == [["CVE-2023-38545"], ["CVE-2025-2"]])
        #expect(advisories.map { $0.affected.map(\.state) } == [[.fixed], [.notAffected]])
    }

    @Test(arguments: [
        ("[]", "the document is not an object"), ("{}", "document is missing or not an object"),
        (#"{"document":{"csaf_version":"1.0"}}"#, "document.csaf_version is none of the 2 series"),
        (#"{"document":{"csaf_version":"2.0"}}"#, "document.tracking is missing"),
        (#"{"document":{"csaf_version":"2.0","tracking":{}}}"#, "document.tracking.id is missing"),
        (
            #"{"document":{"csaf_version":"2.0","tracking":{"id":"a"}},"vulnerabilities":{}}"#,
            "vulnerabilities is not an array"
        ),
        (
            #"{"document":{"csaf_version":"2.0","tracking":{"id":"a"}},"vulnerabilities":[{"product_status":{"fixed":[1]}}]}"#,
            "vulnerabilities[0].product_status.fixed holds a non-string"
        ),
        (
            #"{"document":{"csaf_version":"2.0","tracking":{"id":"a"}},"product_tree":{"branches":7}}"#,
            "product_tree.branches is not an array"
        ),
        ("{", "malformed JSON at byte 1: unexpected end"),
    ])
    func aBrokenDocumentIsSetAside(text: String, reason: String) throws {
        let sink = try read(text)
        #expect(sink.advisories == [])
        #expect(sink.issues.map { "\($0.record): \($0.reason)" } == ["doc.json: \(reason)"])
    }

    @Test func foldersAndArchivesAreReadInOrder() throws {
        let documents = ["2023/a.json": CSAFSamples.redHat, "2024/b.json": CSAFSamples.suse, "2024/c.json": "no"]
        var files = documents.mapValues { Array($0.utf8) }
        files["changes.csv"] = [1]
        files["provider-metadata.json"] = [2]
        let archive = zip(documents.sorted { $0.key < $1.key }.map { ($0.key, $0.value) })
        try withFiles(files) { folder in
            try withFile(archive) { path in
                for place in [folder, path] {
                    var sink = CollectedAdvisories()
                    let reading = try CSAFFeed.read(place, feed: .csaf("test"), into: &sink)
                    #expect(sink.advisories.map(\.id) == ["CVE-2023-38545", "SUSE-SU-2023:4044-1"])
                    #expect(sink.issues.map(\.record) == ["2024/c.json"])
                    #expect(reading.date == 1_704_153_600)
                }
            }
        }
    }

    @Test func aDocumentOverTheLimitIsSetAsideByName() throws {
        let limits = FeedLimits(recordBytes: 100, feedBytes: 1 << 20, records: 10)
        try withFiles(["a.json": Array(CSAFSamples.redHat.utf8)]) { folder in
            var sink = CollectedAdvisories()
            try CSAFFeed.read(folder, feed: .csaf("test"), limits: limits, into: &sink)
            #expect(sink.issues.map { "\($0.record): \($0.reason)" } == ["a.json: is larger than 200 bytes"])
        }
    }
}
