/// Versions of Go's own library and tools.
enum GoToolchain {
    /// The release alone: `go1.20.3` → `1.20.3`. Behind it stands with which experiments it was built, `go1.22.5 X:boringcrypto`, since 1.26
    /// `1.26.6-X:boringcrypto`, and who else built it, `1.26.5 (Red Hat 1.26.5-1.el10_2)`; neither makes it an older or a newer one.
    ///
    /// - Source: <https://github.com/aquasecurity/trivy/issues/10350>, <https://github.com/aquasecurity/trivy/pull/11119>
    static func release(_ version: String) -> String {
        let number = version.hasPrefix("go") ? version.dropFirst(2) : version[...]
        let bytes = number.utf8
        let end = bytes.indices.first { index in
            bytes[index] == UInt8(ascii: " ") || bytes[index...].starts(with: "-X:".utf8)
        }
        return String(number[..<(end ?? number.endIndex)])
    }
}

/// Platforms of Ruby gems.
enum GemPlatform {
    /// `1.19.3-x86_64-linux-gnu` → `1.19.3`. Lock files and installed gems name the platform that a gem was built for behind the version; to
    /// `Gem::Version` a dash begins a pre-release, which such a build is not.
    ///
    /// - Source: <https://github.com/google/osv-scanner/issues/2898>, `Gem::Platform`
    static func cut(_ version: String) -> String {
        guard let dash = version.utf8.firstIndex(of: UInt8(ascii: "-")) else { return version }
        let platform = version[version.utf8.index(after: dash)...].prefix { $0 != "-" && $0 != "." }
        return platforms.contains(String(platform)) ? String(version[..<dash]) : version
    }

    /// The first word of a platform: a processor, or a system that stands alone.
    private static let platforms: Set<String> = [
        "aarch64", "amd64", "arm", "arm64", "armv5", "armv6", "armv7", "armv7l", "armv8", "dalvik", "darwin", "i386",
        "i486",
        "i586", "i686", "java", "jruby", "linux", "mingw32", "mswin", "mswin32", "mswin64", "powerpc", "powerpc64",
        "ppc64le",
        "riscv64", "ruby", "s390x", "sparc", "universal", "x64", "x86", "x86_64", "x86_64h",
    ]
}
