import Foundation
import PackageIdentity
import Subprocess
import Versioning

/// The package archive that this Debian-family host already uses, as a source of advisories.
///
/// Security updates name the CVEs they repair in their changelog. The changelog lies in the package itself, so nothing but the
/// archive is needed: neither the internet nor a feed. What it cannot know is a vulnerability without a repair.
package struct AptArchive: Sendable {
    let progress: @Sendable (String) -> Void

    /// Bytes of one changelog that are looked at, from its newest entry on.
    static let changelogLimit = 256 << 10
    /// Packages of one source that are tried until one carries the changelog; the others link to it.
    static let candidateLimit = 3
    static let concurrency = 2

    /// Whether this host has the tools.
    static var isPresent: Bool {
        ["/usr/bin/apt-get", "/usr/bin/dpkg-query", "/usr/bin/dpkg-deb"]
            .allSatisfy(FileManager.default.isExecutableFile(atPath:))
    }

    /// Why the archive could not be asked.
    enum Failure: Error, CustomStringConvertible {
        case command(String, reason: String)
        case unknownRelease

        var description: String {
            switch self {
            case .command(let name, let reason): "\(name) failed: \(reason)"
            case .unknownRelease: "/etc/os-release names no release that advisories are published for"
            }
        }
    }

    /// Asks apt what it would upgrade and reads the changelogs of that. Changes nothing on the host.
    func readPendingUpdates() async throws -> AptSnapshot {
        let text = try String(contentsOfFile: "/etc/os-release", encoding: .utf8)
        guard let scope = OperatingSystem(osRelease: text).distribution?.advisoryScope else {
            throw Failure.unknownRelease
        }
        let installed = try await installedSources()
        let simulated = try await run("apt-get", ["-s", "-o", "Debug::NoLocking=true", "dist-upgrade"])
        let pending = Self.group(Self.parse(simulated), installed: installed)
        progress("apt: \(pending.count) source packages have updates")
        let folder = NSTemporaryDirectory() + "zerotrace-apt-" + UUID().uuidString
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let updates = await changelogs(of: pending, scope: scope, folder: folder)
        return AptSnapshot(updates: updates.sorted { $0.source < $1.source })
    }

    /// One line `Inst NAME[:ARCH] [OLD] (NEW …)` of a simulated upgrade.
    package struct Upgrade: Sendable, Equatable {
        package let package: String
        package let candidate: String
    }

    /// A source package with updates.
    struct Pending: Sendable, Equatable {
        let source: String
        /// The oldest version of it that is installed.
        let installed: String
        let upgrades: [Upgrade]
    }

    /// Reads apt's simulation; lines that are no upgrade of an installed package are left out.
    ///
    /// - Source: apt-get(8), option `--simulate`.
    package static func parse(_ simulation: String) -> [Upgrade] {
        simulation.split(separator: "\n").compactMap { line in
            guard let match = line.wholeMatch(of: /Inst (\S+) \[[^\]]+\] \((\S+) .*/) else { return nil }
            return Upgrade(package: String(match.1), candidate: String(match.2))
        }
    }

    /// Groups upgrades by the source package of what is installed.
    static func group(_ upgrades: [Upgrade], installed: [String: InstalledSource]) -> [Pending] {
        Dictionary(grouping: upgrades) { installed[$0.package]?.source }
            .compactMap { source, upgrades in
                let versions = upgrades.compactMap { installed[$0.package]?.version }
                guard let source, let version = versions.min(by: isOlder) else { return nil }
                return Pending(source: source, installed: version, upgrades: upgrades)
            }
            .sorted { $0.source < $1.source }
    }

    /// A version that dpkg would refuse counts as older than none, so that a good one beside it is taken.
    private static func isOlder(_ lhs: String, _ rhs: String) -> Bool {
        guard let left = try? VersionOrdering.deb.key(lhs) else { return false }
        guard let right = try? VersionOrdering.deb.key(rhs) else { return true }
        return left < right
    }

    /// The source of an installed binary package.
    struct InstalledSource: Sendable, Equatable {
        let source: String
        let version: String
    }

    private func installedSources() async throws -> [String: InstalledSource] {
        let format = "${db:Status-Abbrev}\t${Package}\t${Architecture}\t${source:Package}\t${source:Version}\n"
        let listing = try await run("dpkg-query", ["-W", "-f", format])
        var sources: [String: InstalledSource] = [:]
        for line in listing.split(separator: "\n") {
            let fields = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            guard fields.count == 5, fields[0].hasPrefix("ii") else { continue }
            let source = InstalledSource(source: fields[3], version: fields[4])
            sources[fields[1]] = source
            sources["\(fields[1]):\(fields[2])"] = source
        }
        return sources
    }

    private func changelogs(of pending: [Pending], scope: String, folder: String) async -> [AptSnapshot.Update] {
        var updates: [AptSnapshot.Update] = []
        var done = 0
        await BoundedConcurrency.forEach(pending, limit: Self.concurrency) { item in
            await update(for: item, scope: scope, folder: folder)
        } finished: { update in
            if let update { updates.append(update) }
            done += 1
            if done % 20 == 0 { progress("apt: \(done) of \(pending.count) changelogs") }
        }
        return updates
    }

    /// A changelog that cannot be had is told and left out; the others go on.
    private func update(for pending: Pending, scope: String, folder: String) async -> AptSnapshot.Update? {
        let own = folder + "/" + pending.source
        try? FileManager.default.createDirectory(atPath: own, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: own) }
        for upgrade in pending.upgrades.prefix(Self.candidateLimit) {
            guard let changelog = try? await changelog(of: upgrade, folder: own), !changelog.isEmpty else { continue }
            return AptSnapshot.Update(
                source: pending.source, installed: pending.installed, scope: scope, changelog: changelog)
        }
        progress("apt: no changelog to be had for \(pending.source)")
        return nil
    }

    private func changelog(of upgrade: Upgrade, folder: String) async throws -> String {
        let arguments = ["-q", "-o", "APT::Sandbox::User=root", "download", "\(upgrade.package)=\(upgrade.candidate)"]
        _ = try await run("apt-get", arguments, folder: folder)
        let files = try FileManager.default.contentsOfDirectory(atPath: folder).filter { $0.hasSuffix(".deb") }
        guard let file = files.first else { return "" }
        defer { try? FileManager.default.removeItem(atPath: folder + "/" + file) }
        // `head` ends the pipe early on purpose, so the tools before it may be told so; an empty text means that there was none.
        let script = """
            dpkg-deb --fsys-tarfile "$1" 2>/dev/null \
            | tar -xO --wildcards './usr/share/doc/*/changelog.Debian*' './usr/share/doc/*/changelog.gz' 2>/dev/null \
            | gzip -dcf 2>/dev/null | head -c "$2"
            """
        return try await run("sh", ["-c", script, "sh", folder + "/" + file, String(Self.changelogLimit)])
    }

    private func run(_ name: String, _ arguments: [String], folder: String? = nil) async throws -> String {
        let result = try await Subprocess.run(
            .name(name), arguments: Arguments(arguments),
            environment: .inherit.updating(["LC_ALL": "C", "DEBIAN_FRONTEND": "noninteractive"]),
            workingDirectory: folder.map { .init($0) },
            output: .bytes(limit: 64 << 20), error: .string(limit: 64 << 10))
        guard result.terminationStatus.isSuccess else {
            throw Failure.command(
                name, reason: result.standardError.split(separator: "\n").last.map(String.init) ?? "")
        }
        return String(decoding: result.standardOutput, as: UTF8.self)
    }
}
