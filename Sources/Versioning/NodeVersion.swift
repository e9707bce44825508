/// npm's versions: ``SemanticVersion`` within the limits of JavaScript, as node's `semver.parse` has them.
///
/// Longer than 256 bytes, or a number of the three above 2^53 - 1, is malformed. Numbers in pre-releases have no limit in node,
/// which rounds them; here they keep all their digits.
///
/// - Source: <https://github.com/npm/node-semver>
enum NodeVersion {
    private static let maximumLength = 256
    private static let largestNumber = 9_007_199_254_740_991

    static func encode(_ version: VersionBytes, tolerant: Bool, into key: inout KeyBuffer) throws(VersionFault) {
        if !tolerant { try checkLimits(version) }
        try SemanticVersion.encode(version, .standard(tolerant: tolerant), into: &key)
    }

    private static func checkLimits(_ version: VersionBytes) throws(VersionFault) {
        guard version.whole.count <= maximumLength else { throw VersionFault(maximumLength, "is too long") }
        var rest = version
        _ = rest.take(UInt8(ascii: "v"))
        repeat {
            let number = rest.takeDigits()
            if number.count >= 16, number.count > 16 || value(of: number) > largestNumber {
                throw VersionFault(number.start, "number is too large")
            }
        } while rest.take(UInt8(ascii: "."))
    }

    /// The value of at most 16 digits.
    private static func value(of number: VersionBytes) -> Int {
        var value = 0
        for place in number.start..<number.end { value = value * 10 + Int(number.whole[place] - 0x30) }
        return value
    }
}
