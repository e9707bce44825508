/// NuGet versions in the order of `NuGet.Versioning`: SemVer 2.0 with a fourth number and labels without case.
///
/// Key: four numbers (missing ones are 0), then 0x01 for a release or 0x00 { label } 0x00 for a pre-release, with
/// label = 0x01 number | 0x02 lowercase-text 0x00. Build metadata is left out.
///
/// - Source: <https://learn.microsoft.com/en-us/nuget/concepts/package-versioning>
enum NuGetVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        var rest = text.trimmed
        var count = 0
        repeat {
            let number = rest.takeDigits()
            guard !number.isEmpty, count < 4 else { throw text.malformed(rest.startIndex, "number is missing") }
            writer.append(number: number)
            count += 1
        } while rest.take(UInt8(ascii: "."))
        for _ in count..<4 { writer.append(number: 0) }
        let build = rest.firstIndex(of: UInt8(ascii: "+"))
        let labels = build.map { rest[..<$0] } ?? rest
        if let build { try check(rest[(build + 1)...], text) }
        guard labels.first == UInt8(ascii: "-") else {
            if let bad = labels.indices.first { throw text.malformed(bad, "character is not allowed here") }
            return writer.append(0x01)
        }
        try check(labels.dropFirst(), text)
        writer.append(0x00)
        for label in labels.dropFirst().split(separator: UInt8(ascii: ".")) {
            if label.allSatisfy(isDigit) {
                writer.append(0x01)
                writer.append(number: label)
            } else {
                writer.append(0x02)
                writer.append(contentsOf: label.lazy.map(lowercase))
                writer.append(0x00)
            }
        }
        writer.append(0x00)
    }

    /// Labels are not empty and hold letters, digits and dashes.
    private static func check(_ labels: ArraySlice<UInt8>, _ text: VersionText) throws(VersionError) {
        for label in labels.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false) {
            if label.isEmpty { throw text.malformed(label.startIndex, "label is empty") }
            if let bad = label.firstIndex(where: { !isDigit($0) && !isLetter($0) && $0 != UInt8(ascii: "-") }) {
                throw text.malformed(bad, "character is not allowed")
            }
        }
    }
}
