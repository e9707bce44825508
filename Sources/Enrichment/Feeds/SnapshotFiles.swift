import CLinux
import Foundation
import Glibc

/// Snapshots on disk: each is a file or a folder, and is replaced as a whole.
enum SnapshotFiles {
    /// Lowercase hex SHA-256 of a file's bytes; of a folder, that of its files' names and digests.
    static func digest(of path: String) throws -> String {
        guard isFolder(path) else { return try FileDigest.sha256(path: path) }
        let lines = try files(in: path).map { "\($0)\0\(try FileDigest.sha256(path: path + "/" + $0))\n" }
        return FileDigest.sha256(Data(lines.joined().utf8))
    }

    static func isFolder(_ path: String) -> Bool {
        var isFolder = ObjCBool(false)
        return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
    }

    /// Every regular file below a folder, by path relative to it, in order of bytes. Hidden ones are left out.
    static func files(in folder: String) throws -> [String] {
        try FileManager.default.subpathsOfDirectory(atPath: folder)
            .filter { name in !name.split(separator: "/").contains { $0.hasPrefix(".") } && isFile(folder + "/" + name)
            }
            .sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// How many files a folder has; `nil` for a file.
    static func count(at path: String) throws -> Int? { isFolder(path) ? try files(in: path).count : nil }

    private static func isFile(_ path: String) -> Bool {
        var status = stat()
        return lstat(path, &status) == 0 && status.st_mode & Glibc.S_IFMT == Glibc.S_IFREG
    }

    /// Puts what is staged into its place in one step, whatever is there.
    static func install(_ staging: String, at place: String) throws {
        try makeFolder(place.parentFolder)
        if !isFolder(place) && !(isFolder(staging) && FileManager.default.fileExists(atPath: place)) {
            return try check(rename(staging, place), place)
        }
        // A folder cannot be renamed over one that has files, so the two change places. File systems that cannot do that get two renames.
        if zt_exchange(staging, place) != 0 {
            let old = staging + ".old"
            try check(rename(place, old), place)
            try check(rename(staging, place), place)
            try? FileManager.default.removeItem(atPath: old)
        }
        try? FileManager.default.removeItem(atPath: staging)
    }

    /// Copies by a second name for the same bytes where the file system can, as snapshots are replaced and never written into.
    static func link(_ source: String, to destination: String) throws {
        try makeFolder(destination.parentFolder)
        if Glibc.link(source, destination) == 0 { return }
        try FileManager.default.copyItem(atPath: source, toPath: destination)
    }

    /// Makes a folder and those above it, unless they are there; the empty path is the working folder, which is.
    static func makeFolder(_ path: String, mode: mode_t = 0o777) throws(FileFailure) {
        guard !path.isEmpty, !isFolder(path) else { return }
        try makeFolder(path.parentFolder, mode: mode)
        guard mkdir(path, mode) != 0 else { return }
        if errno == EEXIST {
            // Somebody else may have made it meanwhile.
            guard !isFolder(path) else { return }
            errno = ENOTDIR
        }
        throw FileFailure(path)
    }

    /// Lets everybody read a file: what is in it is public, and a web server or another user is to hand it on.
    static func openToAll(_ path: String) throws(FileFailure) {
        try check(chmod(path, 0o644), path)
    }

    private static func check(_ result: Int32, _ place: String) throws(FileFailure) {
        guard result == 0 else { throw FileFailure(place) }
    }
}
