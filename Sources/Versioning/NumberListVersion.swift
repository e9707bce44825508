/// Versions that are lists of numbers and nothing else: R packages (`1.2-3`) and Haskell packages (`1.2.3.4`).
///
/// Key: the numbers and 0x00. A shorter list is older than what it begins (`1.0` < `1.0.0`), as both ecosystems have it.
///
/// - Source: <https://cran.r-project.org/doc/manuals/r-release/R-exts.html#The-DESCRIPTION-file>,
///   <https://pvp.haskell.org/>
enum NumberListVersion {
    static func encode(_ version: VersionBytes, takesDashes: Bool, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        while true {
            let number = rest.takeDigits()
            guard !number.isEmpty else { throw VersionFault(rest.start, "number is missing") }
            key.append(number: number)
            guard !rest.isEmpty else { break }
            guard rest.first == UInt8(ascii: ".") || takesDashes && rest.first == UInt8(ascii: "-") else {
                throw VersionFault(rest.start, "character is not allowed")
            }
            rest.removeFirst()
        }
        key.append(0x00)
    }
}
