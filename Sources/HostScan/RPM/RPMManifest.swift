/// The list of packages in images that were made by rpm and hold neither it nor its database (Azure Linux's "distroless").
///
/// A line for each package, fields parted by tabs: name, version-release, two times, vendor, epoch, size, architecture, epoch as a number,
/// source RPM.
///
/// - Source: <https://github.com/microsoft/azurelinux/tree/3.0/toolkit>, which writes it with `rpm -qa --qf`.
enum RPMManifest {
    static let path = "/var/lib/rpmmanifest/container-manifest-2"

    /// Most bytes of the list; 200 packages need 30 KB.
    static let limit = 16 << 20

    /// Reads all lines.
    ///
    /// - Returns: The packages, and the number of each line, from 1, that names none.
    static func read(_ bytes: [UInt8]) -> (records: [RPMRecord], faults: [Int]) {
        var records: [RPMRecord] = []
        var faults: [Int] = []
        let lines = bytes.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty {
            if let record = RPMRecord(manifestLine: String(decoding: line, as: UTF8.self)) {
                records.append(record)
            } else {
                faults.append(index + 1)
            }
        }
        return (records, faults)
    }
}

extension RPMRecord {
    /// - Returns: `nil` when the line has too few fields, or no name, version and release.
    fileprivate init?(manifestLine line: String) {
        let fields = line.split(separator: "\t", omittingEmptySubsequences: false)
        guard fields.count >= 10, let dash = fields[1].lastIndex(of: "-") else { return nil }
        let version = fields[1][..<dash]
        let release = fields[1][fields[1].index(after: dash)...]
        guard !fields[0].isEmpty, !version.isEmpty, !release.isEmpty else { return nil }
        self.init(
            name: String(fields[0]), version: String(version), release: String(release), epoch: UInt32(fields[8]) ?? 0,
            architecture: Self.stated(fields[7]), sourceRPM: Self.stated(fields[9]))
    }

    /// rpm prints "(none)" for what a header does not say.
    private static func stated(_ field: Substring) -> String { field == "(none)" ? "" : String(field) }
}
