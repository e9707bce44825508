/// Dart package versions as `pub_semver` orders them: SemVer 2.0, and build metadata counts.
///
/// Key: that of ``SemanticVersion``, then 0x00 without build metadata or 0x01 and its identifiers as those of a pre-release.
///
/// - Source: <https://pub.dev/packages/pub_semver>, "Semantics"
enum PubVersion {
    static func encode(_ version: VersionBytes, tolerant: Bool, into key: inout KeyBuffer) throws(VersionFault) {
        let rules = SemanticVersion.Rules.pub(tolerant: tolerant)
        try SemanticVersion.encode(version, rules, into: &key)
        guard let plus = version.firstPlace(of: UInt8(ascii: "+")), plus < version.end - 1 else {
            return key.append(0x00)
        }
        key.append(0x01)
        try SemanticVersion.encodeIdentifiers(version.from(plus + 1), rules, into: &key)
    }
}
