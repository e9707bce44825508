import Advisories
import Foundation

/// The records of a snapshot that stand (were not withdrawn), by a digest of their ids: enough to tell how many a new snapshot lacks.
struct StandingRecords: Sendable, Equatable {
    /// Ascending, without repetition.
    private(set) var digests: [UInt64]

    /// Feeds with fewer records are let through, whatever they lose: one record more or less would already be too much of a change.
    static let smallest = 10
    /// The most that a new snapshot may lack of what the old one says, in percent.
    static let shareLimit = 10

    init(_ ids: some Sequence<String>) {
        digests = Set(ids.map(Self.digest)).sorted()
    }

    /// FNV-1a. Two ids of one digest would hide one lost record, once in 10^14 pairs; nobody gains by making such a pair.
    ///
    /// - Source: <https://datatracker.ietf.org/doc/html/draft-eastlake-fnv>
    private static func digest(_ id: String) -> UInt64 {
        id.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x0000_0100_0000_01B3 }
    }

    /// - Throws: ``FeedFetchError/wouldWithdraw(lost:of:feed:)`` when a new snapshot lacks more than ``shareLimit`` percent of these.
    func check(against new: StandingRecords, feed: FeedID) throws(FeedFetchError) {
        guard digests.count >= Self.smallest else { return }
        var lost = 0
        var other = new.digests[...]
        for digest in digests {
            other = other.drop { $0 < digest }
            if other.first != digest { lost += 1 }
        }
        guard lost * 100 > digests.count * Self.shareLimit else { return }
        throw .wouldWithdraw(lost: lost, of: digests.count, feed: feed.rawValue)
    }

    // MARK: - On disk

    /// Reads those of a snapshot with this digest; `nil` when they are not at hand, as after a bundle or an older release.
    init?(path: String, snapshot digest: String) {
        guard let data = FileManager.default.contents(atPath: path), data.count >= 64, data.count % 8 == 0,
            data.prefix(64).elementsEqual(digest.utf8)
        else { return nil }
        digests = stride(from: 64, to: data.count, by: 8).map { start in
            data.subdata(in: start..<start + 8).reduce(0) { $0 << 8 | UInt64($1) }
        }
    }

    /// Writes them, so that the snapshot need not be read again when the next one comes.
    func save(path: String, snapshot digest: String) throws {
        var data = Data(digest.utf8)
        data.reserveCapacity(64 + digests.count * 8)
        for value in digests { withUnsafeBytes(of: value.bigEndian) { data.append(contentsOf: $0) } }
        try FileManager.default.createDirectory(
            atPath: path.parentFolder, withIntermediateDirectories: true)
        try data.write(to: URL(filePath: path), options: .atomic)
    }
}
