import Foundation
import PackageIdentity
import Testing

@testable import HostScan

/// The host that runs the tests, where it has dpkg, against dpkg's own view.
@Suite(.enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dpkg-query"), "dpkg is missing"))
struct ThisHostTests {
    private func query(_ format: String) throws -> [String] {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/dpkg-query")
        process.arguments = ["-W", "-f", format]
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self).split(separator: "\n").map(String.init)
    }

    @Test func findsThePackagesThatDpkgNames() throws {
        var findings = Findings()
        let root = try RootFolder(path: "/")
        for collector in Collectors.databases { collector.collect(from: root, into: &findings) }
        let found = findings.places.keys.filter { $0.type == "deb" }.map { package in
            [package.name, package.version ?? "", package.qualifier("arch") ?? ""].joined(separator: " ")
        }
        let states: Set<String> = ["installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending"]
        let expected = try query("${db:Status-Status} ${Package} ${Version} ${Architecture}\\n").compactMap { line in
            let words = line.split(separator: " ")
            return states.contains(String(words[0])) ? words.dropFirst().joined(separator: " ") : nil
        }
        #expect(Set(found) == Set(expected))
        #expect(found.count == expected.count)
    }

    /// Source package and version as dpkg derives them, for every package.
    @Test func agreesWithDpkgOnSources() throws {
        var findings = Findings()
        let root = try RootFolder(path: "/")
        for collector in Collectors.databases { collector.collect(from: root, into: &findings) }
        var found: [String: String] = [:]
        for package in findings.places.keys where package.type == "deb" {
            let version = package.version ?? ""
            let upstream = (package.qualifier("upstream") ?? package.name).split(separator: "@", maxSplits: 1)
            let source = "\(upstream[0]) \(upstream.count > 1 ? String(upstream[1]) : version)"
            found["\(package.name) \(version) \(package.qualifier("arch") ?? "")"] = source
        }
        for line in try query("${Package} ${Version} ${Architecture}|${source:Package} ${source:Version}\\n") {
            let halves = line.split(separator: "|", maxSplits: 1).map(String.init)
            // Packages that are not unpacked are no concern here.
            guard let source = found[halves[0]] else { continue }
            #expect(source == halves[1])
        }
        #expect(!found.isEmpty)
    }
}
