/// Versions that are lists of numbers and nothing else: R packages (`1.2-3`) and Haskell packages (`1.2.3.4`).
///
/// Key: the numbers and 0x00. A shorter list is older than what it begins (`1.0` < `1.0.0`), as both ecosystems have it.
///
/// - Source: <https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file>,
///   <https://pvp.haskell.org/>
enum NumberListVersion {
    static func encode(
        _ text: VersionText, separators: [UInt8], into writer: inout KeyWriter
    ) throws(VersionError) {
        var rest = text.trimmed
        while true {
            let number = rest.takeDigits()
            guard !number.isEmpty else { throw text.malformed(rest.startIndex, "number is missing") }
            writer.append(number: number)
            guard let byte = rest.first else { break }
            guard separators.contains(byte) else { throw text.malformed(rest.startIndex, "character is not allowed") }
            rest.removeFirst()
        }
        writer.append(0x00)
    }
}
