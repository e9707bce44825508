import PackageIdentity

/// Tells the kernel's image packages from those that carry no kernel code that runs.
///
/// All of them are built from the source package `linux`, so a look-up by source finds thousands of kernel vulnerabilities for
/// a machine that only has `linux-libc-dev` to compile against, or `linux-perf` to measure with. Nothing in headers, documentation,
/// sources, build scripts or configuration is executed as a kernel; and the tools run, but they are not the kernel: a publisher's
/// kernel advisories do not speak of them. The price: a rare flaw in such a tool itself, which publishers file under the same source, is
/// not reported for a machine without a kernel image.
enum KernelPackages {
    /// Why the kernel's vulnerabilities are not those of a package built from its source; `nil` when they are, or when the source is
    /// not the kernel's.
    ///
    /// - Parameters:
    ///   - package: The binary package.
    ///   - source: The name of its source package.
    static func exemption(of package: PackageURL, source: String) -> String? {
        guard package.type == "deb", source == "linux" || source.hasPrefix("linux-") else { return nil }
        if package.name == "linux-libc-dev" || headers.contains(where: package.name.hasPrefix) {
            return VerdictReason.headersOnly
        }
        return tools.contains(where: package.name.hasPrefix) ? VerdictReason.kernelTools : nil
    }

    private static let headers = [
        "linux-headers-", "linux-libc-dev-", "linux-doc", "linux-source", "linux-kbuild-", "linux-compiler-",
        "linux-config-", "linux-support-", "linux-buildinfo-", "linux-bpf-dev",
    ]

    /// Debian's and Ubuntu's names, with or without a version behind.
    private static let tools = [
        "bpftool", "hyperv-daemons", "libcpupower", "linux-cloud-tools", "linux-cpupower", "linux-misc-tools",
        "linux-perf", "linux-tools", "rtla", "usbip",
    ]
}
