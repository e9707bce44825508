/// Reads package URLs one a line; empty lines and those that start with `#` are skipped.
enum PackageURLListReader {
    /// Reads a whole list. A line that is no package URL becomes a warning with its number.
    static func read(_ bytes: [UInt8]) -> SBOMContents {
        var collector = ComponentCollector()
        let text = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes[3...] : bytes[...]
        for (number, line) in text.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).enumerated() {
            let isBlank = { (byte: UInt8) in byte == 0x20 || byte == 0x09 || byte == 0x0D }
            let start = line.drop(while: isBlank)
            guard let first = start.first, first != UInt8(ascii: "#"),
                let last = start.lastIndex(where: { !isBlank($0) })
            else { continue }
            var component = StatedComponent()
            component.name = "line \(number + 1)"
            component.packageURL = String(decoding: start[...last], as: UTF8.self)
            do throws(SBOMError) {
                try collector.take(component)
            } catch {
                collector.warn("line \(number + 1) and those behind it: \(error)")
                break
            }
        }
        return collector.contents(of: .packageURLs)
    }
}
