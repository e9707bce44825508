import JSONDocuments

/// Reads a product's list of releases in either form of endoflife.date.
struct EndOfLifeReleases {
    /// The good ones, in document order.
    private(set) var all: [Lifecycle.Release] = []

    /// - Parameter result: Where broken releases are set aside.
    init(_ releases: JSONArray, product: String, into result: inout IntelligenceReading) {
        for (index, release) in releases.enumerated() {
            // Older files write cycles as numbers, too.
            let cycle = (release["name"] ?? release["cycle"]).flatMap { $0.string ?? $0.int.map { "\($0)" } }
            guard let cycle, !cycle.isEmpty, cycle.utf8.count <= 256 else {
                result.setAside("\(product) release \(index + 1)", "has no name")
                continue
            }
            do throws(RecordFault) {
                all.append(try Self.release(release, cycle: cycle))
            } catch {
                result.setAside("\(product) \(cycle)", error.description)
            }
        }
    }

    private static func release(_ release: JSONValue, cycle: String) throws(RecordFault) -> Lifecycle.Release {
        let active = try end(release, ("eoasFrom", "isEoas"), "support", meansEnded: false)
        let security = try end(release, ("eolFrom", "isEol"), "eol", meansEnded: true)
        let extended = try end(release, ("eoesFrom", "isEoes"), "extendedSupport", meansEnded: false)
        let latest = release["latest"]
        return Lifecycle.Release(
            cycle: cycle, codename: text(release["codename"]), activeSupportEnd: active.date,
            securitySupportEnd: security.date, extendedSupportEnd: extended.date, isEnded: security.hasEnded,
            latest: text(latest?["name"] ?? latest))
    }

    /// The end of one kind of support: a day, or only the word that it has ended.
    ///
    /// - Parameters:
    ///   - v1: Names of the day and the flag in the full form.
    ///   - legacy: The one name of both in the older form.
    ///   - meansEnded: Whether `true` in the older form says "ended" (`eol`) rather than "goes on" (`support`).
    private static func end(
        _ release: JSONValue, _ v1: (day: StaticString, flag: StaticString), _ legacy: StaticString, meansEnded: Bool
    ) throws(RecordFault) -> (date: String?, hasEnded: Bool) {
        guard let value = release.present(v1.day) ?? release.present(legacy) else {
            return (nil, release[v1.flag]?.bool ?? false)
        }
        if let flag = value.bool { return (nil, flag == meansEnded) }
        guard let text = value.string, text.utf8.count == 10, Timestamp.parse(text) != nil else {
            throw RecordFault(release[v1.day] == nil ? "\(legacy)" : "\(v1.day)", "is not a date")
        }
        return (text, false)
    }

    private static func text(_ value: JSONValue?) -> String? {
        value?.string.flatMap { $0.isEmpty || $0.utf8.count > 256 ? nil : $0 }
    }
}
