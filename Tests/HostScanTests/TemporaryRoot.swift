import Foundation
import Inventory
import PackageIdentity

@testable import HostScan

/// A folder that stands for "/" in one test; gone afterwards.
final class TemporaryRoot {
    let folder: URL

    /// Debian 12 without packages.
    static let debian =
        "ID=debian\nVERSION_ID=\"12\"\nVERSION_CODENAME=bookworm\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"

    /// - Parameter files: Text by path inside the root; folders come as needed. An os-release of Debian 12 is added.
    init(_ files: [String: String] = [:]) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "root-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try write("/etc/os-release", Self.debian)
        for (path, text) in files { try write(path, text) }
    }

    deinit {
        try? FileManager.default.removeItem(at: folder)
    }

    var path: String { folder.path }

    func url(_ path: String) -> URL { folder.appending(path: String(path.drop { $0 == "/" })) }

    func write(_ path: String, _ text: String) throws {
        try write(path, bytes: Array(text.utf8))
    }

    func write(_ path: String, bytes: [UInt8]) throws {
        try FileManager.default.createDirectory(
            at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(bytes).write(to: url(path))
    }

    /// Writes a file that may be executed.
    func writeProgram(_ path: String, _ bytes: [UInt8]) throws {
        try write(path, bytes: bytes)
        guard chmod(url(path).path, 0o755) == 0 else { throw POSIXError(.EIO) }
    }

    /// Makes a symbolic link whose target is written as it is.
    func link(_ path: String, to target: String) throws {
        try FileManager.default.createDirectory(
            at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        try FileManager.default.createSymbolicLink(atPath: url(path).path, withDestinationPath: target)
    }

    func makeFIFO(_ path: String) throws {
        try FileManager.default.createDirectory(
            at: url(path).deletingLastPathComponent(), withIntermediateDirectories: true)
        guard mkfifo(url(path).path, 0o600) == 0 else { throw POSIXError(.EIO) }
    }

    func scan() throws -> ScanReport {
        try HostScanner(root: path).scan()
    }

    /// Lends the open root; it exists until the closure ends.
    func withFolder<Result>(_ body: (RootFolder) throws -> Result) throws -> Result {
        try body(try RootFolder(path: path))
    }

    /// The package texts of a scan, ascending.
    func packages() throws -> [String] {
        try scan().inventory.packages.map(\.description)
    }

    /// The warnings of a scan, "path: reason" each.
    func warnings() throws -> [String] {
        try scan().warnings.map(\.description)
    }
}
