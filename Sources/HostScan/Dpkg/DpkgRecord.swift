/// One paragraph of dpkg's status file, the fields that matter here.
///
/// - Source: deb-status(5), Debian Policy 5.1 and 5.6.
struct DpkgRecord: Equatable {
    /// Number of the paragraph's first line, from 1.
    var line = 1
    /// Binary package, "libssl3".
    var package = ""
    /// Of the binary package, "3.0.11-1~deb12u2".
    var version = ""
    /// "amd64" or "all"; empty when unsaid.
    var architecture = ""
    /// "openssl" or "openssl (3.0.11-1)"; empty when source and binary package share name and version.
    var source = ""
    /// Three words, "install ok installed"; empty in the records of images without dpkg.
    var status = ""

    /// What dpkg's state says about the package's files.
    enum Presence: Equatable {
        /// They are there, whether configured or not.
        case present
        /// They are not: never installed, or removed but for configuration.
        case absent
        /// Unpacking or removal broke off.
        case partial
        /// dpkg has no such state.
        case unknown
    }

    /// As dpkg itself does: a package whose files are unpacked is there, even while it waits for configuration or triggers.
    ///
    /// - Source: dpkg(1), "Package states".
    var presence: Presence {
        // Images built without dpkg (distroless) record only what they hold and say no state.
        if status.isEmpty { return .present }
        switch status.split(separator: " ", omittingEmptySubsequences: true).last {
        case "installed", "unpacked", "half-configured", "triggers-awaited", "triggers-pending": return .present
        case "not-installed", "config-files": return .absent
        case "half-installed": return .partial
        default: return .unknown
        }
    }

    /// Name and version of the source package, when they differ from the binary package's.
    ///
    /// - Returns: "openssl" when only the name differs, "openssl@3.0.11-1" when the version does; `nil` when neither does.
    var upstream: String? {
        let parts = source.split(separator: " ", maxSplits: 1, omittingEmptySubsequences: true)
        guard let name = parts.first else { return nil }
        let rest = parts.count == 2 ? parts[1] : ""
        let sourceVersion = rest.hasPrefix("(") && rest.hasSuffix(")") ? String(rest.dropFirst().dropLast()) : ""
        if sourceVersion.isEmpty || sourceVersion == version { return name == package ? nil : String(name) }
        return "\(name)@\(sourceVersion)"
    }
}
