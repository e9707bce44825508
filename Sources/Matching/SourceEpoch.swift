/// The epoch of a package's source, where an inventory states only the package's own.
///
/// The file name of a source RPM has no epoch, and a package built from it may have another one: `mod_ssl` 1:2.4.57 comes of `httpd`
/// 0:2.4.57, `perl-Errno` 0:1.28 of `perl` 4:5.26.3. Either taken for the other turns an answer round, so the epoch is the one that
/// advisories on the source write. A few sources have had several (`podman` with its module streams); then the package's own counts if it lies
/// among them, as most packages share their source's, else the highest.
enum SourceEpoch {
    /// The version with the source's epoch; `nil` when it is right as it is, or the name looked up is not that of a source.
    static func restated(
        _ version: String, of name: NameRecord, in reader: IndexReader, context: MatchContext
    ) throws(IndexError) -> String? {
        guard let package = context.package, package.type == "rpm", name.versionCount > 0,
            !reader.bytes(name.nameBytes).elementsEqual(package.name.utf8)
        else { return nil }
        // "From the first version on" stands among the versions too.
        let first: UInt32 = try reader.versionText(0, in: name) == "0" ? 1 : 0
        guard first < name.versionCount else { return nil }
        let lowest = epoch(of: try reader.versionText(first, in: name))
        let highest = epoch(of: try reader.versionText(name.versionCount - 1, in: name))
        let own = epoch(of: version)
        let isKnown = own >= lowest && own <= highest
        guard !isKnown else { return nil }
        let rest = version.utf8.firstIndex(of: UInt8(ascii: ":")).map { version[version.index(after: $0)...] }
        return "\(highest):\(rest ?? version[...])"
    }

    private static func epoch(of version: String) -> UInt64 {
        guard let colon = version.utf8.firstIndex(of: UInt8(ascii: ":")) else { return 0 }
        return UInt64(version[..<colon]) ?? 0
    }
}
