import Foundation
import Testing

@testable import AgentInstallation

@Suite struct InstallationTests {
    private let folder: URL
    private let program: String

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "install-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder.appending(path: "root"), withIntermediateDirectories: true)
        program = folder.appending(path: "program").path
        try Data("program".utf8).write(to: URL(filePath: program))
    }

    private var root: String { folder.appending(path: "root").path }
    private var installation: Installation { Installation(root: root + "/") }

    private func install(
        _ text: String? = "{}", token: String? = "secret", replaces: Bool = false
    ) throws(InstallationError) -> [String] {
        let steps = try installation.install(
            program: program, configuration: text.map { Array($0.utf8) }, token: token, replaces: replaces)
        return steps.map(\.description)
    }

    private func text(_ path: String) -> String? { try? String(contentsOfFile: root + path, encoding: .utf8) }

    private func mode(_ path: String) throws -> Int? {
        (try FileManager.default.attributesOfItem(atPath: root + path)[.posixPermissions] as? NSNumber)?.intValue
    }

    private func write(_ path: String, _ text: String) throws {
        let file = URL(filePath: root + path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
    }

    private static let all = [
        Installation.programPath, Installation.unitPath, Installation.configurationPath, Installation.tokenPath,
        Installation.wantedPath,
    ]

    @Test func everythingIsPutInItsPlaceOnce() throws {
        #expect(try install() == Self.all.map { "written \($0)" })
        #expect(text(Installation.programPath) == "program" && text(Installation.tokenPath) == "secret\n")
        #expect(text(Installation.unitPath)?.contains("\nExecStart=/usr/local/bin/zerotrace-agent run\n") == true)
        #expect(try mode(Installation.programPath) == 0o755 && mode(Installation.tokenPath) == 0o600)
        #expect(
            try FileManager.default.destinationOfSymbolicLink(atPath: root + Installation.wantedPath)
                == Installation.unitPath)
        #expect(try install() == Self.all.map { "unchanged \($0)" })
    }

    /// A later line gives back what an earlier one takes.
    @Test func theUnitLetsAScanYield() throws {
        let lines = String(decoding: Installation.unit(program: "/a"), as: UTF8.self).split(separator: "\n")
        let filters = lines.filter { $0.hasPrefix("SystemCallFilter=") }
        let last = try #require(filters.last).dropFirst("SystemCallFilter=".count).split(separator: " ")
        #expect(Set(last) == ["setpriority", "sched_setscheduler", "ioprio_set"])
    }

    @Test func aTokenThatOthersMayReadIsClosedThoughItsTextIsRight() throws {
        _ = try install()
        try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: root + Installation.tokenPath)
        _ = try install()
        #expect(try mode(Installation.tokenPath) == 0o600)
    }

    @Test func whatIsInTheWayIsNamedAndNothingIsChanged() throws {
        try write(Installation.configurationPath, "theirs")
        #expect(throws: InstallationError.inTheWay([Installation.configurationPath])) { try install() }
        #expect(text(Installation.configurationPath) == "theirs")
        #expect(text(Installation.programPath) == nil && text(Installation.unitPath) == nil)
        #expect(try install(replaces: true).contains("written \(Installation.configurationPath)"))
        #expect(text(Installation.configurationPath) == "{}")
    }

    @Test func aLinkInThePlaceOfAFileIsNotFollowed() throws {
        let outside = folder.appending(path: "outside")
        try Data("outside".utf8).write(to: outside)
        try write("/etc/zerotrace/keep", "")
        try FileManager.default.createSymbolicLink(
            atPath: root + Installation.tokenPath, withDestinationPath: outside.path)
        #expect(throws: InstallationError.inTheWay([Installation.tokenPath])) { try install() }
        _ = try install(replaces: true)
        #expect(try String(contentsOf: outside, encoding: .utf8) == "outside")
        #expect(text(Installation.tokenPath) == "secret\n")
    }

    @Test func whereAPackageBroughtTheUnitOnlyConfigurationAndTokenAreWritten() throws {
        try write("/usr/lib/systemd/system/zerotrace-agent.service", "")
        let written = ["written \(Installation.configurationPath)", "written \(Installation.tokenPath)"]
        #expect(try install() == written)
        #expect(try installation.uninstall(purging: false).allSatisfy { $0.action == .kept })
    }

    @Test func withoutConfigurationAndTokenThoseThatAreThereStay() throws {
        _ = try install()
        #expect(try install(nil, token: nil).count == 3)
        #expect(text(Installation.configurationPath) == "{}")
    }

    @Test func uninstallingKeepsTheIdentityUnlessPurging() throws {
        _ = try install()
        try write("/var/lib/zerotrace-agent/credential.json", "key")
        let steps = try installation.uninstall(purging: false)
        #expect(
            Set(steps.filter { $0.action == .removed }.map(\.path))
                == [Installation.wantedPath, Installation.unitPath, Installation.programPath])
        #expect(text("/var/lib/zerotrace-agent/credential.json") == "key" && text(Installation.tokenPath) != nil)
        #expect(try installation.uninstall(purging: true).count == 3)
        #expect(!FileManager.default.fileExists(atPath: root + "/etc/zerotrace"))
        #expect(!FileManager.default.fileExists(atPath: root + "/var/lib/zerotrace-agent"))
        #expect(try installation.uninstall(purging: true) == [])
    }
}
