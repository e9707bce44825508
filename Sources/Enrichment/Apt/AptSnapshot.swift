import Advisories
import Foundation

/// Pending updates of one host with their changelogs: what apt's archive says of vulnerabilities.
struct AptSnapshot: Sendable, Codable, Equatable {
    /// By source package.
    var updates: [Update]

    /// One source package that the archive has a newer version of.
    struct Update: Sendable, Codable, Equatable {
        var source: String
        /// Oldest source version of it that is installed.
        var installed: String
        /// Advisory scope of the host: "Debian:12".
        var scope: String
        /// The changelog of the newer version, newest entry first, cut after ``AptArchive/changelogLimit`` bytes.
        var changelog: String
    }

    /// Name of the folder below the snapshot folder.
    static let folder = "apt"

    private static func path(_ feedFolder: String) -> String { feedFolder + "/" + folder + "/updates.json" }

    private func encoded() throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return try encoder.encode(self)
    }

    /// Lowercase hex SHA-256 of the snapshot's bytes.
    var digest: String {
        get throws { FileDigest.sha256(try encoded()) }
    }

    /// Reads a snapshot; `nil` when none was taken.
    static func load(feedFolder: String) throws -> AptSnapshot? {
        let path = path(feedFolder)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        return try JSONDecoder().decode(Self.self, from: Data(contentsOf: URL(filePath: path)))
    }

    /// Writes the snapshot atomically.
    func save(feedFolder: String) throws {
        try FileManager.default.createDirectory(
            atPath: feedFolder + "/" + Self.folder, withIntermediateDirectories: true)
        try encoded().write(to: URL(filePath: Self.path(feedFolder)), options: .atomic)
    }
}
