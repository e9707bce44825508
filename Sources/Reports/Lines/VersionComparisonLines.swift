import Versioning

/// Pairs of versions as lines, and their order: what `zerotrace version-compare` does with each line.
public struct VersionComparisonLines {
    private let output: ByteOutput
    private let ordering: VersionOrdering

    /// Makes one that compares by `ordering` and writes to `output`.
    public init(ordering: VersionOrdering, to output: ByteOutput) {
        self.ordering = ordering
        self.output = output
    }

    /// Writes one line: `<`, `=` or `>` as the first version stands to the second, or `invalid`.
    ///
    /// - Parameter line: Two versions with a tab between them. `invalid` when the tab is missing or the ecosystem refuses one of them.
    public func compare(_ line: [UInt8]) {
        guard let tab = line.firstIndex(of: UInt8(ascii: "\t")),
            let first = String(validating: line[..<tab], as: UTF8.self),
            let second = String(validating: line[(tab + 1)...], as: UTF8.self)
        else { return refuse() }
        do throws(VersionError) {
            let order = try ordering.compare(first, second)
            output.append(order < 0 ? "<\n" : order > 0 ? ">\n" : "=\n" as StaticString)
        } catch {
            refuse()
        }
    }

    /// Writes `invalid` for a line that cannot be read.
    public func refuse() { output.append("invalid\n" as StaticString) }
}
