import PackageIdentity

/// What a header says of one installed package.
struct RPMRecord: Equatable {
    /// "openssl-libs"
    var name: String
    /// "3.0.7"
    var version: String
    /// "24.el9"
    var release: String
    /// 0 when unsaid, which rpm takes for the same.
    var epoch: UInt32 = 0
    /// "x86_64" or "noarch"; empty when unsaid.
    var architecture = ""
    /// "openssl-3.0.7-24.el9.src.rpm"; empty when unsaid.
    var sourceRPM = ""
    /// "nodejs:18:8060020220523160029:ad008a3a"; empty for packages of no module.
    var modularityLabel = ""

    /// Whether it is a key that signs packages. rpm keeps those as if they were packages.
    var isPublicKey: Bool { name == "gpg-pubkey" }

    /// As syft writes it: `pkg:rpm/redhat/openssl-libs@3.0.7-24.el9?arch=x86_64&distro=rhel-9.3&epoch=1&upstream=openssl-3.0.7-24.el9.src.rpm`.
    ///
    /// - Parameter distribution: `nil` when unknown; then the package URL names none, rather than a guess.
    func packageURL(_ distribution: DistributionName?) throws(PackageURLError) -> PackageURL {
        // Empty values are no qualifiers.
        try PackageURL(
            type: "rpm", namespace: distribution?.namespace, name: name, version: "\(version)-\(release)",
            qualifiers: [
                "arch": architecture, "distro": distribution?.qualifier ?? "", "epoch": epoch == 0 ? "" : "\(epoch)",
                "rpmmod": modularityLabel, "upstream": sourceRPM,
            ])
    }
}

extension RPMRecord {
    /// - Throws: ``FileFault`` when the header has no name, version or release, or one of its fields is of a wrong kind.
    init(_ header: RPMHeader) throws(FileFault) {
        name = try Self.required(.name, of: header)
        version = try Self.required(.version, of: header)
        release = try Self.required(.release, of: header)
        epoch = try header.number(.epoch) ?? 0
        architecture = try header.text(.architecture) ?? ""
        sourceRPM = try header.text(.sourceRPM) ?? ""
        modularityLabel = try header.text(.modularityLabel) ?? ""
    }

    private static func required(_ tag: RPMTag, of header: RPMHeader) throws(FileFault) -> String {
        guard let text = try header.text(tag), !text.isEmpty else { throw .damaged("a header has no \(tag)") }
        return text
    }
}
