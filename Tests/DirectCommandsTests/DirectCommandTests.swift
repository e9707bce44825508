import Reports
import Scoring
import Testing
import Versioning

@testable import DirectCommands

/// Which command lines the small program takes itself, and in which sense. The rest goes to the full parser.
@Suite struct DirectCommandTests {
    private func words(_ line: String) -> [String] { line.split(separator: " ").map(String.init) }

    private func request(_ change: (inout MatchRequest) -> Void) -> MatchRequest {
        var request = MatchRequest()
        request.index = "i.ztx"
        change(&request)
        return request
    }

    @Test func aMatchIsReadWithAllItsOptions() {
        let line =
            "match --index i.ztx --sbom a.json --sbom=b=c.json --format json --fail-on=high --only-fixed --vex v --vex w --ignore i "
            + "--products p --all --running-kernel 6.1.0-18-amd64"
        let wanted = request { request in
            request.format = .json
            request.failOn = .high
            request.onlyFixed = true
            request.vex = ["v", "w"]
            request.ignore = ["i"]
            request.products = ["p"]
            request.all = true
            request.runningKernel = "6.1.0-18-amd64"
        }
        #expect(DirectCommand(words(line)) == .match(wanted, bills: ["a.json", "b=c.json"]))
    }

    @Test func theLastOfAnOptionCounts() {
        let command = DirectCommand(words("match --index old --sbom - --index i.ztx"))
        #expect(command == .match(request { _ in }, bills: ["-"]))
    }

    @Test func aScanHasARoot() {
        #expect(DirectCommand(words("scan --index i.ztx")) == .scan(request { _ in }, root: "/"))
        let command = DirectCommand(words("scan --root /mnt --explain CVE-2024-1 --index i.ztx"))
        #expect(command == .scan(request { $0.explain = "CVE-2024-1" }, root: "/mnt"))
    }

    @Test func commandsThatAnswerLineByLineAreRead() {
        #expect(DirectCommand(words("version-compare --ecosystem deb")) == .compareVersions(.deb))
        #expect(DirectCommand(words("version-compare --ecosystem=rpm")) == .compareVersions(.rpm))
        #expect(DirectCommand(words("purl parse")) == .parsePackageURLs)
        #expect(DirectCommand(words("purl format")) == .formatPackageURLs)
        #expect(DirectCommand(["--version"]) == .version)
    }

    /// Help, other commands, wrong usage, and whatever else the full parser may read in another way.
    @Test(arguments: [
        "", "help", "match", "match --help", "match --sbom b", "match --index i", "match --index i --sbom",
        "match --index i --sbom --all", "match --index= --sbom b", "match --index i --sbom b --feed f",
        "match --index i --sbom b --data d", "match --index i --sbom b extra", "match --index i --sbom b -h",
        "match --index i --sbom b --format xml", "match --index i --sbom b --fail-on none",
        "match --index i --sbom b --all=yes",
        "match --index i --sbom b --limit 3", "match --index i --sbom b --explain X --format csv",
        "match --index i --sbom b --",
        "scan", "scan --index i --root -x", "version-compare", "version-compare --ecosystem none",
        "version-compare --ecosystem deb more", "purl", "purl parse --help", "--version --version", "cvss", "serve",
    ])
    func allElseIsGivenUpOn(_ line: String) {
        #expect(DirectCommand(words(line)) == nil)
    }
}
