import Advisories
import Archives
import Foundation
import JSONDocuments

/// Fetches one OSV ecosystem: its export, and after that only the records that changed.
///
/// The publisher lists all records with the time of their last change, newest first. What is newer than the newest change held is
/// fetched record by record and kept in `changes.zip` beside the export, where it stands in place of the export's record. When much
/// changed, or after a week, the export is fetched again: it also shows which records are gone.
///
/// - Source: <https://google.github.io/osv.dev/data/#downloading-recent-changes>
struct OSVIncrement: Sendable {
    let base: String
    let downloader: FeedDownloader

    /// Records that are fetched one by one before the export is the quicker way.
    static let changeLimit = 400
    /// Records that the overlay may hold before the export is fetched again.
    static let overlayLimit = 5_000
    static let wholeInterval: Int64 = 7 * 86_400
    /// Records fetched at once.
    static let concurrency = 8
    static let recordLimit = FeedLimits.standard.recordBytes

    func fetch(to staging: String, held: HeldSnapshot) async throws -> FetchOutcome {
        let list = try await changes(since: held.canGrow ? held.cursor?.text : nil)
        let now = Int64(Date().timeIntervalSince1970)
        guard let list else { return try await fetchWhole(to: staging, newest: nil, held: held, now: now) }
        guard let cursor = held.cursor, held.canGrow, let names = list.names, now - cursor.wholeAt < Self.wholeInterval
        else { return try await fetchWhole(to: staging, newest: list.newest, held: held, now: now) }
        if names.isEmpty { return .unchanged }
        let overlay = try overlay(of: held)
        guard overlay.count + names.count <= Self.overlayLimit else {
            return try await fetchWhole(to: staging, newest: list.newest, held: held, now: now)
        }
        let records: [String: [UInt8]]
        do {
            records = try await fetch(names)
        } catch FeedFetchError.unreadable {
            // A record that is listed and not there would hold up all others until the next export.
            return try await fetchWhole(to: staging, newest: list.newest, held: held, now: now)
        }
        try SnapshotFiles.link(held.path + "/all.zip", to: staging + "/all.zip")
        try write(overlay.merging(records) { _, new in new }, to: staging + "/changes.zip")
        return .fetched(held.version, cursor: FeedCursor(text: list.newest ?? cursor.text, wholeAt: cursor.wholeAt))
    }

    private func fetchWhole(
        to staging: String, newest: String?, held: HeldSnapshot, now: Int64
    ) async throws -> FetchOutcome {
        let url = base + "/all.zip"
        // With changes beside it, the same export is worth fetching: those are then in it.
        let tag =
            FileManager.default.fileExists(atPath: held.path + "/changes.zip")
            ? nil : held.version?.tag(of: encoded(url))
        let answer = try await downloader.download(encoded(url), to: staging + "/all.zip", unlessTagged: tag)
        guard case .file(let tag) = answer else { return answer == .unchanged ? .unchanged : .absent }
        return .fetched(
            tag.map { FeedVersion(url: encoded(url), tag: $0) },
            // The list was read before the export, so what changed in between is fetched once more and nothing is missed.
            cursor: newest.map { FeedCursor(text: $0, wholeAt: now) })
    }

    private func encoded(_ url: String) -> String { url.replacing(" ", with: "%20") }

    // MARK: - What changed

    private struct Changes {
        /// The newest change of all, as written.
        var newest: String?
        /// Names of the records that changed; `nil` when too many did.
        var names: [String]?
    }

    /// - Returns: `nil` when the publisher has no such list.
    private func changes(since cursor: String?) async throws -> Changes? {
        var changes = Changes(names: [])
        let cursor = cursor.flatMap(ChangeTime.init)
        var isBroken = false
        let found = try await downloader.readLines(encoded(base + "/modified_id.csv")) { line in
            guard !line.isEmpty else { return true }
            let fields = line.trimmingCharacters(in: .whitespaces).split(separator: ",", maxSplits: 1)
            guard fields.count == 2, let time = ChangeTime(String(fields[0])) else {
                isBroken = true
                return false
            }
            if changes.newest == nil { changes.newest = String(fields[0]) }
            guard let cursor, cursor < time else { return false }
            changes.names?.append(String(fields[1]))
            if changes.names?.count ?? 0 > Self.changeLimit { changes.names = nil }
            return changes.names != nil
        }
        if cursor == nil { changes.names = nil }
        return found && !isBroken ? changes : nil
    }

    private func fetch(_ names: [String]) async throws -> [String: [UInt8]] {
        var records: [String: [UInt8]] = [:]
        var failure: (any Error)?
        await BoundedConcurrency.forEach(names, limit: Self.concurrency) { name in
            await Result.of { (name, try await record(name)) }
        } finished: { result in
            switch result {
            case .success((let name, let bytes)): records[name + ".json"] = bytes
            case .failure(let error): failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return records
    }

    /// One record; what is no JSON is an error and not set aside, because the next sync would not ask for it again.
    ///
    /// - Throws: ``FeedFetchError/unreadable(_:)`` when it is not there, or another one.
    private func record(_ name: String) async throws -> [UInt8] {
        guard name.wholeMatch(of: /[A-Za-z0-9][A-Za-z0-9._:+-]*/) != nil else {
            throw FeedFetchError.unreadable("the list of changes names a record \(name.prefix(100).debugDescription)")
        }
        guard let bytes = try await downloader.read(encoded("\(base)/\(name).json"), limit: Self.recordLimit) else {
            throw FeedFetchError.unreadable("the record \(name) of the list of changes is not there")
        }
        do {
            guard try JSONParser().parse(bytes)["id"]?.string == name else {
                throw FeedFetchError.unreadable("\(name).json is another record")
            }
        } catch let error as JSONDocumentError {
            throw FeedFetchError.unreadable("\(name).json: \(error)")
        }
        return bytes
    }

    // MARK: - The overlay

    private func overlay(of held: HeldSnapshot) throws -> [String: [UInt8]] {
        let path = held.path + "/changes.zip"
        guard FileManager.default.fileExists(atPath: path) else { return [:] }
        var records: [String: [UInt8]] = [:]
        try Archive.forEachEntry(in: path, entryLimit: Self.recordLimit, totalLimit: 1 << 30) { records[$0] = $1 }
        return records
    }

    private func write(_ records: [String: [UInt8]], to path: String) throws {
        let writer = try ArchiveWriter(path: path, format: .zip)
        for (name, bytes) in records.sorted(by: { $0.key < $1.key }) { try writer.add(name, bytes) }
        try writer.finish()
    }
}

/// A time with as many digits of its fraction as a publisher writes, in UTC.
package struct ChangeTime: Comparable {
    /// The digits of date and time to the second, then those of the fraction.
    let seconds: String
    let fraction: String

    /// Reads `2024-08-15T00:05:00Z` and `2024-08-15T00:05:00.123456Z`, also with `+00:00`.
    package init?(_ text: String) {
        guard
            let match = text.wholeMatch(
                of: /([0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})(?:\.([0-9]{1,9}))?(?:Z|\+00:00)/)
        else { return nil }
        seconds = String(match.1)
        fraction = (match.2.map(String.init) ?? "").padding(toLength: 9, withPad: "0", startingAt: 0)
    }

    package static func < (lhs: Self, rhs: Self) -> Bool { (lhs.seconds, lhs.fraction) < (rhs.seconds, rhs.fraction) }
}

extension Result where Failure == any Error {
    /// What an operation came to.
    static func of(_ operation: () async throws -> Success) async -> Self {
        do { return .success(try await operation()) } catch { return .failure(error) }
    }
}
