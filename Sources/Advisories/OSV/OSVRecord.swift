import JSONDocuments

/// One OSV record on its way to an ``Advisory``.
struct OSVRecord {
    private let root: JSONValue
    private let id: OSVIdentifier

    init(_ root: JSONValue) throws(RecordFault) {
        guard root.kind == .object else { throw RecordFault("the record", "is not an object") }
        let text = try root.requiredString("id", in: "")
        guard text.utf8.count <= OSVIdentifier.maximumBytes, text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw RecordFault("id", "is too long or holds spaces or control characters")
        }
        self.root = root
        self.id = OSVIdentifier(text)
    }

    func advisory(feed: FeedID) throws(RecordFault) -> Advisory {
        let summary = root.line("summary", limit: 400)
        return Advisory(
            id: id.text, feed: feed, aliases: try aliases(), upstream: try upstream(), summary: summary,
            details: root.text("details", limit: 4096), published: root.time("published"),
            modified: root.time("modified"), withdrawn: try withdrawn(),
            severities: OSVSeverities(root, id: id, summary: summary).statements, references: references(),
            affected: try affected(summary: summary))
    }

    private func aliases() throws(RecordFault) -> [String] {
        try root.strings("aliases", in: "").filter { !$0.isEmpty && $0 != id.text }
    }

    /// What the record derives from, from wherever this publisher says it.
    private func upstream() throws(RecordFault) -> [String] {
        var ids = try root.strings("upstream", in: "").filter { !$0.isEmpty && $0 != id.text }
        // DSA, ALSA, RLSA and their like list the CVEs they repair as merely related.
        if id.isDistributionNotice {
            for related in try root.strings("related", in: "") where related.hasPrefix("CVE-") && !ids.contains(related)
            {
                ids.append(related)
            }
        }
        // DEBIAN-CVE-… is Debian's view of that CVE, also where an export leaves `upstream` out.
        if let cve = id.embeddedCVE, !ids.contains(cve) { ids.append(cve) }
        return ids
    }

    private func withdrawn() throws(RecordFault) -> Int64? {
        guard let text = try root.optionalString("withdrawn", in: "") else { return nil }
        guard let time = Timestamp.parse(text) else {
            // Go writes the zero time for "never".
            guard text.hasPrefix("0001-") else { throw RecordFault("withdrawn", "is not a date") }
            return nil
        }
        return time
    }

    /// The first eight links that are safe to show as links.
    private func references() -> [String] {
        var urls: [String] = []
        for reference in root["references"]?.array.map(AnySequence.init) ?? AnySequence([]) where urls.count < 8 {
            let url = reference.text("url", limit: 2048)
            if (url.hasPrefix("https://") || url.hasPrefix("http://")) && !urls.contains(url) { urls.append(url) }
        }
        return urls
    }

    private func affected(summary: String) throws(RecordFault) -> [AffectedPackage] {
        guard let entries = try root.elements("affected", in: "") else { return [] }
        var packages: [AffectedPackage] = []
        packages.reserveCapacity(Swift.min(entries.count, 4096))
        for (index, entry) in entries.enumerated() {
            try OSVAffected(entry, index: index).append(to: &packages)
        }
        if id.isMalware { Self.coverEverything(&packages) }
        return id.isDistributionNotice ? Self.modular(packages, summary: summary) : packages
    }

    /// A package that was made to do harm does so in every version, where none is named.
    private static func coverEverything(_ packages: inout [AffectedPackage]) {
        for place in packages.indices where packages[place].ranges.isEmpty && packages[place].versions.isEmpty {
            packages[place].ranges = [AffectedRange(kind: .ecosystem, events: [.introduced("0")])]
        }
    }

    private static func modular(_ packages: [AffectedPackage], summary: String) -> [AffectedPackage] {
        guard packages.contains(where: OSVModules.isModular) else { return packages }
        let stream = OSVModules.stream(inSummary: summary)
        var kept = OSVModules.withoutRebuilds(packages)
        for place in kept.indices where kept[place].condition == nil && OSVModules.isModular(kept[place]) {
            kept[place].condition = stream.map { Condition(moduleStream: $0) }
        }
        return kept
    }
}

extension JSONValue {
    /// A date that only describes; `nil` when it is none.
    fileprivate func time(_ key: StaticString) -> Int64? {
        self[key]?.withUTF8String { Timestamp.parse($0) } ?? nil
    }
}
