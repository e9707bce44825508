import Advisories

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
    ///   - source: UTF-8 of the name of its source package.
    static func exemption(of package: MatchContext.AdvisoryPackage, source: UnsafeRawBufferPointer) -> ReasonCode? {
        guard source.starts(with: kernel), source.count == kernel.count || source[kernel.count] == UInt8(ascii: "-"),
            package.type == "deb"
        else { return nil }
        if package.name == "linux-libc-dev" || headers.contains(where: package.name.hasPrefix) { return .headersOnly }
        return tools.contains(where: package.name.hasPrefix) ? .kernelTools : nil
    }

    /// Whether the package is a kernel's image and another kernel is running. It is affected all the same, as the next start may bring it up.
    static func isResting(_ context: MatchContext) -> Bool {
        guard let running = context.runningKernel, let package = context.package, package.type == "deb",
            package.name.hasPrefix("linux-image-")
        else { return false }
        let release = package.name.dropFirst("linux-image-".count).drop(prefix: "unsigned-")
        // `linux-image-amd64` only draws in the newest image.
        guard release.utf8.first.map({ (0x30...0x39).contains($0) }) ?? false else { return false }
        return release != running
    }

    private static let kernel = Array("linux".utf8)

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

extension Substring {
    fileprivate func drop(prefix: String) -> Substring { hasPrefix(prefix) ? dropFirst(prefix.count) : self }
}
