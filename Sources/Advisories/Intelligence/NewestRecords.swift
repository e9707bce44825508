/// Which of several versions of a record is the newest, for feeds that are kept as a snapshot and increments.
///
/// The later change wins; of equal ones the one read later. Costs about 100 bytes a record.
struct NewestRecords {
    private struct Version {
        let changed: Int64
        let place: Int
    }

    private var versions: [String: Version] = [:]
    private var count = 0

    /// Notes the next record in reading order; what has no id needs no call, but ``skip()``.
    mutating func note(_ id: String, changed: Int64?) {
        let version = Version(changed: changed ?? .min, place: count)
        count += 1
        if let known = versions[id], known.changed > version.changed { return }
        versions[id] = version
    }

    /// Counts a record without an id.
    mutating func skip() {
        count += 1
    }

    /// Whether the record at that place in reading order is the one that counts.
    func isNewest(_ id: String, at place: Int) -> Bool {
        versions[id].map { $0.place == place } ?? true
    }
}
