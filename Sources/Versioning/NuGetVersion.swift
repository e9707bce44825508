/// NuGet versions in the order of `NuGet.Versioning`: SemVer 2.0 with a fourth number and labels without case.
///
/// Key: four numbers (missing ones are 0), then 0x01 for a release or 0x00 { label } 0x00 for a pre-release, with
/// label = 0x01 number | 0x02 lowercase-text 0x00. Build metadata is left out.
///
/// - Source: <https://learn.microsoft.com/en-us/nuget/concepts/package-versioning>
enum NuGetVersion {
    static func encode(_ version: VersionBytes, into key: inout KeyBuffer) throws(VersionFault) {
        var rest = version
        var count = 0
        repeat {
            let number = rest.takeDigits()
            guard !number.isEmpty, count < 4 else { throw VersionFault(rest.start, "number is missing") }
            key.append(number: number)
            count += 1
        } while rest.take(UInt8(ascii: "."))
        for _ in count..<4 { key.appendZero() }
        let plus = rest.firstPlace(of: UInt8(ascii: "+"))
        if let plus { try check(rest.from(plus + 1)) }
        var labels = plus.map(rest.upTo) ?? rest
        guard labels.take(UInt8(ascii: "-")) else {
            guard labels.isEmpty else { throw VersionFault(labels.start, "character is not allowed here") }
            return key.append(0x01)
        }
        try check(labels)
        key.append(0x00)
        while !labels.isEmpty { encode(label: labels.takePart(before: UInt8(ascii: ".")), into: &key) }
        key.append(0x00)
    }

    private static func encode(label: VersionBytes, into key: inout KeyBuffer) {
        if label.isNumber {
            key.append(0x01)
            key.append(number: label)
        } else {
            key.append(0x02)
            key.append(lowercased: label)
            key.append(0x00)
        }
    }

    /// Labels are not empty and hold letters, digits and dashes.
    private static func check(_ labels: VersionBytes) throws(VersionFault) {
        var previousWasDot = true
        for place in labels.start..<labels.end {
            let byte = labels.whole[place]
            let isDot = byte == UInt8(ascii: ".")
            if isDot, previousWasDot { throw VersionFault(place, "label is empty") }
            guard isDot || isDigit(byte) || isLetter(byte) || byte == UInt8(ascii: "-") else {
                throw VersionFault(place, "character is not allowed")
            }
            previousWasDot = isDot
        }
        if previousWasDot { throw VersionFault(labels.end, "label is empty") }
    }
}
