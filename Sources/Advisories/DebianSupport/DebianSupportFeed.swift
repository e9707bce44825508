import Archives
import PackageIdentity

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Reads the lists of the Debian package debian-security-support: which source packages a release supports only within limits,
/// or no more.
///
/// The folder holds `security-support-ended.deb12` and its like, one for each release, and `security-support-limited`, which
/// speaks of the release that the package was built for. A `security-support-ended` without release repeats the newest one and
/// is passed over when that is there. Columns are separated by white space, `#` begins a comment line. A name that ends in
/// `.*` stands for every source package that begins so, and is kept as written.
///
/// Source: <https://salsa.debian.org/debian/debian-security-support>, check-support-status(1)
public enum DebianSupportFeed {
    /// Reads a folder of lists, or a single list whose name tells what it is.
    ///
    /// A broken line is set aside as `security-support-ended.deb12 line 13`. The date is the newest on which a support ended.
    ///
    /// - Throws: `ArchiveError`, or ``FeedError`` when the folder holds no such list.
    public static func read(
        _ path: String, feed: FeedID = .debianSupport, limits: FeedLimits = .standard
    ) throws -> IntelligenceReading {
        var result = IntelligenceReading(feed: feed)
        let lists = try lists(at: path)
        guard !lists.isEmpty else { throw FeedError.nothingFound(path: path) }
        for (list, file) in lists {
            parse(try Archive.readCompressed(file, limit: limits.recordBytes), as: list, into: &result)
        }
        return result
    }

    /// Reads one list.
    ///
    /// - Parameters:
    ///   - name: The file's name, `security-support-ended.deb12` or `security-support-limited.deb12`, which tells what it is.
    ///   - release: The release of a list whose name has none.
    /// - Throws: ``FeedError/unexpected(path:reason:)`` when the name is none of them, or no release is known.
    public static func parse(
        _ bytes: [UInt8], named name: String, release: String? = nil, feed: FeedID = .debianSupport
    ) throws -> IntelligenceReading {
        guard let list = DebianSupportList(fileName: name, release: release) else {
            throw FeedError.unexpected(path: name, reason: "is no list of security support for a release")
        }
        var result = IntelligenceReading(feed: feed)
        parse(bytes, as: list, into: &result)
        return result
    }

    private static func parse(_ bytes: [UInt8], as list: DebianSupportList, into result: inout IntelligenceReading) {
        var splitter = LineSplitter(lineLimit: 8192)
        var number = 0
        func take(_ line: LineSplitter.Line) {
            number += 1
            do throws(RecordFault) {
                guard let note = try list.note(line) else { return }
                result.intelligence.supportNotes.append(note)
                result.reading.records += 1
                if let end = note.endDate.flatMap({ Timestamp.parse($0) }) {
                    result.reading.date = max(result.reading.date ?? end, end)
                }
            } catch {
                result.setAside("\(list.fileName) line \(number)", error.description)
            }
        }
        bytes.withUnsafeBytes { splitter.feed($0, take) }
        splitter.finish(take)
    }

    // MARK: - Files

    private static func lists(at path: String) throws -> [(DebianSupportList, path: String)] {
        var isFolder: Bool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw FeedError.unreadable(path: path, reason: "no such file or folder")
        }
        guard isFolder else {
            let name = path.split(separator: "/").last.map(String.init) ?? path
            guard let list = DebianSupportList(fileName: name, release: nil) else {
                throw FeedError.unexpected(path: path, reason: "is no list of security support for a release")
            }
            return [(list, path)]
        }
        return try lists(inFolder: path)
    }

    private static func lists(inFolder folder: String) throws -> [(DebianSupportList, path: String)] {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder).sorted {
                $0.utf8.lexicographicallyPrecedes($1.utf8)
            }
        } catch {
            throw FeedError.unreadable(path: folder, reason: "cannot be listed")
        }
        let stated = names.compactMap { DebianSupportList(fileName: $0, release: nil) }
        let newest = stated.compactMap { Int($0.release) }.max().map(String.init)
        let hasEnded = stated.contains { $0.isEnded && $0.release == newest }
        return names.compactMap { name in
            guard let list = DebianSupportList(fileName: name, release: newest) else { return nil }
            let isRepetition = !list.statesRelease && list.isEnded && hasEnded
            return isRepetition ? nil : (list, "\(folder)/\(name)")
        }
    }
}
