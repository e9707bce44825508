/// Dart package versions as `pub_semver` orders them: SemVer 2.0, and build metadata counts.
///
/// Key: that of ``SemanticVersion``, then 0x00 without build metadata or 0x01 and its identifiers as those of a pre-release.
///
/// - Source: <https://pub.dev/packages/pub_semver>, "Semantics"
enum PubVersion {
    static func encode(_ text: VersionText, into writer: inout KeyWriter) throws(VersionError) {
        try SemanticVersion.encode(text, strict: false, into: &writer)
        let bytes = text.trimmed
        guard let plus = bytes.firstIndex(of: UInt8(ascii: "+")), plus < bytes.endIndex - 1 else {
            return writer.append(0x00)
        }
        writer.append(0x01)
        try SemanticVersion.encodeIdentifiers(bytes[(plus + 1)...], text, strict: false, into: &writer)
    }
}
