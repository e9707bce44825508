import Versioning

/// The lowest version that names each CVE, over the entries of one changelog.
struct ChangelogRepairs {
    /// One CVE and the entry that repairs it.
    struct Repair {
        let id: String
        let version: String
        let key: VersionKey
        let date: Int64?
        /// What the entry says of it, in one line of at most 400 bytes.
        let text: String
    }

    private var repairs: [String: Repair] = [:]
    /// The ids in the order of their first mention.
    private var ids: [String] = []

    mutating func note(_ entry: DebianChangelog.Entry, key: VersionKey) {
        for (id, text) in entry.vulnerabilities {
            if let known = repairs[id] {
                guard key < known.key else { continue }
            } else {
                ids.append(id)
            }
            repairs[id] = Repair(id: id, version: entry.version, key: key, date: entry.date, text: text)
        }
    }

    func newer(than installed: VersionKey) -> [Repair] {
        ids.compactMap { repairs[$0] }.filter { $0.key > installed }
    }
}
