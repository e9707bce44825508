import Foundation
import Matching

/// The compiled indexes of an installation: one file each, named by its digest, and a link to the one in use.
public struct IndexFolder: Sendable {
    private let path: String

    /// Indexes kept beside the one in use, so that the difference to the one the catalogue was matched with can still be told.
    static let olderKept = 2

    /// Makes one from its parts.
    public init(path: String) { self.path = path }

    /// The link that names the index in use.
    public var currentLink: String { path + "/current" }

    /// Digest of the index in use; `nil` before the first.
    public func currentDigest() -> String? {
        guard let target = try? FileManager.default.destinationOfSymbolicLink(atPath: currentLink) else { return nil }
        return (target as NSString).lastPathComponent.replacing(".ztx", with: "")
    }

    /// Opens an index by digest; `nil` when it is not held.
    /// - Throws: `IndexError` when the file is damaged.
    public func open(digest: String) throws -> AdvisoryIndex? {
        let file = file(digest: digest)
        return FileManager.default.fileExists(atPath: file) ? try AdvisoryIndex(path: file) : nil
    }

    /// Where a new index is to be built, on the same file system.
    func stagingPath() -> String { path + "/.staging-\(UUID().uuidString)" }

    /// Puts a built index into use in one step; whoever mapped the one before keeps it.
    func install(staging: String, digest: String) throws {
        try check(rename(staging, file(digest: digest)), file(digest: digest))
        let link = path + "/.link-\(UUID().uuidString)"
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: digest + ".ztx")
        try check(rename(link, currentLink), currentLink)
        removeOld(keeping: digest)
    }

    /// Where the index with a digest lies, if it is held.
    func file(digest: String) -> String { path + "/" + digest + ".ztx" }

    private func check(_ result: Int32, _ path: String) throws(FileFailure) {
        guard result == 0 else { throw FileFailure(path) }
    }

    private func removeOld(keeping digest: String) {
        let manager = FileManager.default
        let old = ((try? manager.contentsOfDirectory(atPath: path)) ?? [])
            .filter { $0.hasSuffix(".ztx") && $0 != digest + ".ztx" }
            .map { path + "/" + $0 }
            .sorted { modificationDate($0) > modificationDate($1) }
        for file in old.dropFirst(Self.olderKept) { try? manager.removeItem(atPath: file) }
    }

    private func modificationDate(_ file: String) -> Date {
        (try? FileManager.default.attributesOfItem(atPath: file)[.modificationDate] as? Date) ?? .distantPast
    }
}
