import Versioning

extension FuzzTargets {
    /// One target for each ordering; those of `crates` and `hex` are `semver`'s.
    static let versions: [FuzzTarget] = VersionOrdering.allCases.filter { $0 != .crates && $0 != .hex }.map {
        ordering in
        FuzzTarget("version-\(ordering.rawValue)", maximumLength: 256, dictionary: "version") { input in
            check(ordering, input.lines(limit: 3))
        }
    }

    private static func check(_ ordering: VersionOrdering, _ versions: [String]) {
        for version in versions { checkKeys(ordering, version) }
        guard versions.count > 1 else { return }
        for reading in VersionReading.allCases {
            for (a, b) in [(0, 1), (1, 2), (0, 2)] where b < versions.count {
                checkOrder(ordering, versions[a], versions[b], reading)
            }
        }
    }

    /// A version that the tool takes has one key, in both readings; what is refused is refused with a place.
    private static func checkKeys(_ ordering: VersionOrdering, _ version: String) {
        let strict = key(ordering, version, .strict)
        let tolerant = key(ordering, version, .tolerant)
        if let strict { require(strict == tolerant, "\(ordering) \(version) has one key in both readings") }
        let spaced = key(ordering, " \(version)\t", .strict)
        require(
            spaced == strict || version.utf8.count > 4000, "white space around \(version) means nothing to \(ordering)")
    }

    private static func key(_ ordering: VersionOrdering, _ version: String, _ reading: VersionReading) -> VersionKey? {
        do throws(VersionError) {
            return try ordering.key(version, reading: reading)
        } catch {
            guard case .malformed(let text, let offset, let reason) = error else { return nil }
            require((0...version.utf8.count).contains(offset), "an error's place lies in the version: \(error)")
            require(!text.isEmpty || version.isEmpty, "an error quotes the version")
            require(!reason.isEmpty, "an error has a reason")
            return nil
        }
    }

    private static func checkOrder(_ ordering: VersionOrdering, _ a: String, _ b: String, _ reading: VersionReading) {
        guard let left = key(ordering, a, reading), let right = key(ordering, b, reading) else { return }
        let there = try? ordering.compare(a, b, reading: reading)
        let back = try? ordering.compare(b, a, reading: reading)
        guard let there, let back else { return require(false, "\(a) and \(b) have keys, so they compare") }
        require(there == -back, "\(ordering) \(a) \(b): the order turns with the question")
        // pacman leaves out a release that one side lacks, which no key can follow.
        if ordering == .alpm, a.contains("-") != b.contains("-") { return }
        let byKeys = left == right ? 0 : left < right ? -1 : 1
        require(there == byKeys, "\(ordering) \(a) \(b): the order of keys is the order of versions")
    }
}
