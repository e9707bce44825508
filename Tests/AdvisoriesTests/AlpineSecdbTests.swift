import Advisories
import JSONDocuments
import Testing

private func read(_ text: String) throws -> CollectedAdvisories {
    var sink = CollectedAdvisories()
    let reading = try AlpineSecdbFeed.parse(Array(text.utf8), feed: .alpine("test"), into: &sink)
    #expect(reading.records == sink.advisories.count)
    #expect(reading.setAside == sink.issues.count)
    return sink
}

/// A database of one package.
private func database(_ secfixes: String) -> String {
    #"{"distroversion":"v3.18","packages":[{"pkg":{"name":"xen","secfixes":\#(secfixes)}}]}"#
}

@Suite struct AlpineSecdbTests {
    static let sample = #"""
        {"apkurl":"{{urlprefix}}/{{pkg.name}}-{{pkg.ver}}.apk","archs":["x86_64"],"reponame":"main","distroversion":"v3.18",
         "packages":[
           {"pkg":{"name":"xen","secfixes":{"4.9.0-r0":["XSA-214","CVE-2017-8903 XSA-213"],
             "4.11.1-r0":["CVE-2018-3639   XSA-263","CVE-2019-17349 CVE-2019-17350 XSA-295"],
             "4.13.0-r3":["CVE-????-????? XSA-312","CVE-2018-3639 (again)"],"0":["CVE-2020-15564","CVE-2018-3639"]}}},
           {"pkg":{"name":"ruby","secfixes":{"2.6.5-r0":["CVE-2019-16255","GHSA-fhpf-pp6p-55qc CVE-2019-15845",
             "CVE-2017-17434-1","CVE-2021-35940.patch","CVE-2020-14342 (not actually applicable)"]}}}]}
        """#

    @Test func eachPairOfPackageAndVulnerabilityIsAnAdvisory() throws {
        let sink = try read(Self.sample)
        let facts = sink.advisories.map { advisory in
            let package = advisory.affected[0]
            let fix = package.ranges.first.map { "\($0.events)".contains("fixed") } ?? false
            return "\(package.name) \(advisory.id) \(package.state.rawValue) \(fix)"
        }
        #expect(
            facts == [
                "xen XSA-214 fixed true", "xen CVE-2017-8903 fixed true", "xen CVE-2018-3639 fixed true",
                "xen CVE-2019-17349 fixed true", "xen CVE-2019-17350 fixed true", "xen XSA-312 fixed true",
                "xen CVE-2020-15564 notAffected false", "ruby CVE-2019-16255 fixed true",
                "ruby CVE-2019-15845 fixed true", "ruby CVE-2017-17434 fixed true", "ruby CVE-2021-35940 fixed true",
                "ruby CVE-2020-14342 notAffected false",
            ])
        #expect(sink.issues == [])
        #expect(Set(sink.advisories.flatMap { $0.affected.map(\.scope) }) == ["Alpine:v3.18"])
    }

    @Test func theLastVersionThatNamesAVulnerabilityCounts() throws {
        let advisory = try #require(read(Self.sample).advisories.first { $0.id == "CVE-2018-3639" })
        let range = AffectedRange(kind: .ecosystem, events: [.introduced("0"), .fixed("4.13.0-r3")])
        #expect(advisory.affected.map(\.ranges) == [[range]])
        #expect(advisory.summary == "XSA-263 (again)")
    }

    @Test func onlyGitHubsIdsAreOtherNamesOfTheSame() throws {
        let advisories = try read(Self.sample).advisories
        #expect(advisories.first { $0.id == "CVE-2019-15845" }?.aliases == ["GHSA-fhpf-pp6p-55qc"])
        #expect(advisories.first { $0.id == "CVE-2017-8903" }?.aliases == [])
    }

    @Test(arguments: [
        (#""distroversion":"v3.18""#, "Alpine:v3.18"), (#""distroversion":"edge""#, "Alpine:edge"),
        (#""urlprefix":"https://packages.wolfi.dev""#, "Wolfi"),
        (#""urlprefix":"https://packages.cgr.dev/chainguard""#, "Chainguard"),
        (#""urlprefix":"https://packages.mini.dev""#, "MinimOS"),
    ])
    func theScopeIsTheDatabases(head: String, scope: String) throws {
        let text = #"{\#(head),"packages":[{"pkg":{"name":"xz","secfixes":{"5.2.5-r1":["CVE-2022-1271"]}}}]}"#
        #expect(try read(text).advisories.flatMap { $0.affected.map(\.scope) } == [scope])
    }

    @Test(arguments: [
        (database(#"{"1-r0":["CVE-46838"]}"#), "xen 1-r0 CVE-46838: names no vulnerability"),
        (database(#"{"1-r0":["CVE N/A"]}"#), "xen 1-r0 CVE N/A: names no vulnerability"),
        (database(#"{"1-r0":[7]}"#), "xen 1-r0: holds a non-string"),
        (database(#"{"1-r0":"CVE-2020-1"}"#), "xen 1-r0: is not a list of ids"),
        (database(#"{"":["CVE-2020-1000"]}"#), "xen : the version is empty or too long"),
        (database("3"), "xen: secfixes is not an object"),
        (#"{"distroversion":"edge","packages":[{"pkg":{"name":"a"}}]}"#, "a: secfixes is missing"),
        (#"{"distroversion":"edge","packages":[{"pkg":{}}]}"#, "package 1: has no name"),
        (#"{"distroversion":"edge","packages":[3]}"#, "package 1: has no name"),
    ])
    func brokenRecordsAreSetAside(text: String, issue: String) throws {
        let sink = try read(text)
        #expect(sink.advisories == [])
        #expect(sink.issues.map { "\($0.record): \($0.reason)" } == [issue])
    }

    @Test(arguments: [#"{"distroversion":"edge"}"#, #"{"packages":[]}"#, "[]"])
    func anotherFileIsAnError(text: String) {
        #expect(throws: FeedError.self) { try read(text) }
    }

    @Test func packagesThatNeverHadARepairAreNoFault() throws {
        for empty in ["null", "[]", "{}", #"{"1-r0":null}"#] {
            let sink = try read(database(empty))
            #expect(sink.advisories == [] && sink.issues == [])
        }
    }
}
