import PackageIdentity

/// One entry of `DSA-list` or `DLA-list` while its lines are read.
struct DebianSecurityListEntry {
    let id: String
    private let date: Int64
    private let title: String
    private var vulnerabilities: [String] = []
    private var affected: [AffectedPackage] = []

    /// Reads `[27 Mar 2023] DSA-5379-1 dino-im - security update`; `nil` when the line is none.
    init?(header: String) {
        guard let close = header.firstIndex(of: "]"), let date = Self.date(header[..<close].dropFirst()) else {
            return nil
        }
        let words = header[header.index(after: close)...].split(maxSplits: 1) { $0 == " " || $0 == "\t" }
        guard let id = words.first, id.utf8.count <= 64,
            ["DSA-", "DLA-", "DTSA-", "ELA-"].contains(where: { id.hasPrefix($0) })
        else { return nil }
        self.id = String(id)
        self.date = date
        title = words.count == 2 ? String(decoding: Array(words[1].utf8.prefix(400)), as: UTF8.self) : ""
    }

    /// Takes in a line below the header; answers what is wrong with it.
    mutating func note(_ line: String) -> RecordFault? {
        let text = line.drop { $0 == " " || $0 == "\t" }
        if text.hasPrefix("{") {
            vulnerabilities += text.dropFirst().prefix { $0 != "}" }.split { $0 == " " }.map(String.init)
                .filter { $0.utf8.count <= 64 && !vulnerabilities.contains($0) }
        } else if text.hasPrefix("[") {
            return noteRelease(text)
        }
        // The rest are remarks: `NOTE:`, `TODO:`.
        return nil
    }

    /// `[bullseye] - dino-im 0.2.0-3+deb11u1`, or `<not-affected>`, `<end-of-life>`, `<unfixed>`, … for the version.
    private mutating func noteRelease(_ text: Substring) -> RecordFault? {
        let parts = text.dropFirst().split(separator: "]", maxSplits: 1)
        let words = (parts.count == 2 ? parts[1] : "").split { $0 == " " || $0 == "\t" }
        guard parts.count == 2, words.count >= 3, words[0] == "-" else {
            return RecordFault("the release", "is not followed by package and version")
        }
        // Releases without a number never had a fixed set of packages.
        guard let scope = Distribution(id: "debian", versionID: String(parts[0])).advisoryScope else { return nil }
        let state = Self.state(words[2])
        guard let state else { return RecordFault("the state", "is unknown") }
        let events: [AffectedRange.Event] =
            switch state {
            case .fixed: [.introduced("0"), .fixed(String(words[2]))]
            case .notAffected: []
            default: [.introduced("0")]
            }
        affected.append(
            AffectedPackage(
                scope: scope, name: PackageNames.normalised(String(words[1]), scope: scope),
                ranges: events.isEmpty ? [] : [AffectedRange(kind: .ecosystem, events: events)], state: state))
        return nil
    }

    private static func state(_ word: Substring) -> FixState? {
        switch word {
        case "<not-affected>": .notAffected
        case "<end-of-life>": .endOfLife
        case "<unfixed>", "<no-dsa>", "<postponed>": .unfixed
        case "<ignored>": .ignored
        case "<undetermined>", "<itp>", "<removed>": .undetermined
        default: word.hasPrefix("<") ? nil : .fixed
        }
    }

    func advisory(feed: FeedID) -> Advisory {
        let isRegression = vulnerabilities.isEmpty && title.lowercased().contains("regression")
        return Advisory(
            id: id, feed: feed, upstream: vulnerabilities, summary: title, published: date, modified: date,
            references: ["https://security-tracker.debian.org/tracker/\(id)"], affected: isRegression ? [] : affected)
    }

    /// `27 Mar 2023` as Unix seconds.
    private static func date(_ text: Substring) -> Int64? {
        let parts = text.split(separator: " ")
        let months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
        guard parts.count == 3, let day = Int(parts[0]), 1...31 ~= day,
            let month = months.firstIndex(of: String(parts[1].prefix(3))), parts[2].utf8.count == 4
        else { return nil }
        let two = { (number: Int) in number < 10 ? "0\(number)" : "\(number)" }
        return Timestamp.parse("\(parts[2])-\(two(month + 1))-\(two(day))")
    }
}
