import PackageIdentity

/// Tells the kernel's image packages from those that carry no kernel code that runs.
///
/// All of them are built from the source package `linux`, so a look-up by source finds thousands of kernel vulnerabilities for
/// a machine that only has `linux-libc-dev` to compile against. Nothing in headers, documentation, sources, build scripts or
/// configuration is executed as a kernel. User-space tools built from the same source (`linux-perf`, `bpftool`) are not listed
/// here: they run, and stay matched by source version.
enum KernelPackages {
    /// Whether the package carries only kernel headers, documentation, sources, or what is needed to build modules.
    ///
    /// - Parameters:
    ///   - package: The binary package.
    ///   - source: The name of its source package.
    static func isHeadersOnly(_ package: PackageURL, source: String) -> Bool {
        guard package.type == "deb", source == "linux" || source.hasPrefix("linux-") else { return false }
        return package.name == "linux-libc-dev" || prefixes.contains { package.name.hasPrefix($0) }
    }

    private static let prefixes = [
        "linux-headers-", "linux-libc-dev-", "linux-doc", "linux-source", "linux-kbuild-", "linux-compiler-",
        "linux-config-", "linux-support-", "linux-buildinfo-",
    ]
}
