import Advisories
import Foundation
import Matching
import PackageIdentity
import Testing

/// Every statement of the Debian tracker on every package of this machine, judged once more by dpkg itself.
@Suite struct DebianAgreementTests {
    private static let scope = "Debian:12"
    /// Where the engine knowingly answers otherwise than the tracker's versions alone: packages with kernel headers only, and
    /// CVEs that were rejected while the tracker still has them open.
    private static let namedRules = [VerdictReason.headersOnly, VerdictReason.kernelTools, VerdictReason.withdrawn]
    private static let isPossible =
        ReferenceFeeds.path != nil && FileManager.default.fileExists(atPath: "/usr/bin/dpkg-query")

    private struct Installed: Hashable {
        let package: String
        let version: String
        let source: String
        let sourceVersion: String
    }

    @Test(
        "the engine and dpkg agree on every tracker entry of every installed package",
        .enabled(if: isPossible, "reference feeds or dpkg are missing"))
    func agrees() throws {
        let installed = try Self.installed()
        #expect(!installed.isEmpty)
        let sources = Set(installed.map(\.source))
        let statements = try Self.statements(on: sources)
        let index = try makeIndex(statements.tracker + statements.others)
        let oracle = try DpkgOracle(Self.comparisons(installed, statements.tracker))

        var differences: [String] = []
        var pairs = 0
        var explained: [String: Int] = [:]
        for package in installed {
            let purl = try Self.purl(package)
            let reported = Dictionary(
                uniqueKeysWithValues: index.verdicts(for: purl).map { ($0.vulnerability, $0.status) })
            for advisory in statements.tracker {
                for statement in advisory.affected where statement.name == package.source {
                    pairs += 1
                    let expected = try Self.isAffected(package, statement, oracle)
                    let engine = reported[advisory.id] == .affected
                    if expected == engine { continue }
                    let reason = index.explain(purl, vulnerability: advisory.id).reason
                    if Self.namedRules.contains(reason) {
                        explained[reason, default: 0] += 1
                    } else {
                        differences.append("\(purl) \(advisory.id): dpkg \(expected), engine \(engine), \(reason)")
                    }
                }
            }
        }
        print("Debian agreement: \(pairs) pairs, \(differences.count) differences, by named rules \(explained)")
        #expect(differences == [])
        #expect(pairs > 0)
    }

    private static func isAffected(
        _ package: Installed, _ statement: AffectedPackage, _ oracle: DpkgOracle
    ) throws -> Bool {
        switch statement.state {
        case .notAffected, .undetermined: return false
        case .fixed: return try #require(oracle.isLess(package.sourceVersion, Self.fixedVersion(statement)) as Bool?)
        case .unfixed, .endOfLife, .ignored, .unspecified: return true
        }
    }

    private static func fixedVersion(_ statement: AffectedPackage) -> String {
        for case .fixed(let version) in statement.ranges.flatMap(\.events) { return version }
        return ""
    }

    /// What dpkg has to compare: installed version and repaired version of each source.
    private static func comparisons(_ installed: [Installed], _ tracker: [Advisory]) -> Set<DpkgOracle.Pair> {
        let versions = Dictionary(grouping: installed, by: \.source)
        var pairs: Set<DpkgOracle.Pair> = []
        for statement in tracker.flatMap(\.affected) where statement.state == .fixed {
            for package in versions[statement.name] ?? [] {
                pairs.insert(DpkgOracle.Pair(left: package.sourceVersion, right: fixedVersion(statement)))
            }
        }
        return pairs
    }

    private static func purl(_ package: Installed) throws -> PackageURL {
        var qualifiers = ["distro": "debian-12"]
        if package.source != package.package || package.sourceVersion != package.version {
            qualifiers["upstream"] =
                package.sourceVersion == package.version ? package.source : "\(package.source)@\(package.sourceVersion)"
        }
        return try PackageURL(
            type: "deb", namespace: "debian", name: package.package, version: package.version, qualifiers: qualifiers)
    }

    private static func installed() throws -> [Installed] {
        let format = "${Package}\\t${Version}\\t${source:Package}\\t${source:Version}\\t${db:Status-Status}\\n"
        let lines = try run("/usr/bin/dpkg-query", ["-W", "-f", format]).split(separator: "\n")
        return lines.compactMap { line in
            let fields = line.split(separator: "\t").map(String.init)
            guard fields.count == 5, fields[4] == "installed" else { return nil }
            return Installed(package: fields[0], version: fields[1], source: fields[2], sourceVersion: fields[3])
        }
    }

    /// What tracker and OSV say of some source packages in Debian 12.
    private static func statements(on sources: Set<String>) throws -> (tracker: [Advisory], others: [Advisory]) {
        var tracker: [Advisory] = []
        var others: [Advisory] = []
        for source in try ReferenceFeeds.sources()
        where ["debian-tracker", "osv/Debian"].contains(source.feed.rawValue) {
            var sink = FilteringSink { advisory in
                var reduced = advisory
                reduced.affected.removeAll { $0.scope != scope || !sources.contains($0.name) }
                return reduced.affected.isEmpty ? nil : reduced
            }
            try source.readAdvisories(into: &sink)
            if source.feed == .debianTracker { tracker += sink.kept } else { others += sink.kept }
        }
        return (tracker, others)
    }
}

/// Answers of `dpkg --compare-versions`, asked for in one go.
struct DpkgOracle {
    struct Pair: Hashable {
        let left: String
        let right: String
    }

    private let answers: [Pair: Bool]

    init(_ pairs: Set<Pair>) throws {
        let ordered = Array(pairs)
        let folder = try TemporaryFolder()
        let text = ordered.map { "\($0.left) \($0.right)\n" }.joined()
        try text.write(toFile: folder.file("pairs"), atomically: true, encoding: .utf8)
        let script = "while read -r a b; do dpkg --compare-versions \"$a\" lt \"$b\" && echo y || echo n; done < \"$0\""
        let output = try run("/bin/sh", ["-c", script, folder.file("pairs")]).split(separator: "\n")
        try #require(output.count == ordered.count)
        answers = Dictionary(uniqueKeysWithValues: zip(ordered, output.map { $0 == "y" }))
    }

    func isLess(_ left: String, _ right: String) -> Bool? {
        answers[Pair(left: left, right: right)]
    }
}

/// Runs a program and returns what it prints.
func run(_ program: String, _ arguments: [String]) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: program)
    process.arguments = arguments
    let output = Pipe()
    process.standardOutput = output
    try process.run()
    let data = output.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    try #require(process.terminationStatus == 0)
    return String(decoding: data, as: UTF8.self)
}
