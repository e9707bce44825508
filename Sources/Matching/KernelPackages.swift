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

    /// Whether the package belongs to a kernel's image and another kernel is running. It is affected all the same, as the next start may bring it up.
    ///
    /// - Parameters:
    ///   - context: The package and the running kernel; where either is not known, the answer is no.
    ///   - version: UTF-8 of the version that is compared. RPM distributions tell installed kernels apart by it alone.
    static func isResting(_ context: MatchContext, version: UnsafeRawBufferPointer) -> Bool {
        guard let running = context.runningKernel, let package = context.package else { return false }
        switch package.type {
        case "deb":
            guard let release = release(ofDebian: package.name) else { return false }
            return release != running
        case "rpm":
            guard images.contains(where: { package.name == $0 || package.name.hasPrefix($0 + "-") }),
                !apart.contains(where: package.name.contains)
            else { return false }
            return !isRelease(running, of: String(decoding: version, as: UTF8.self))
        default: return false
        }
    }

    /// The kernel's release in the name of a package that carries a part of its image, `6.1.0-18-amd64`; `nil` for all else, also for
    /// `linux-image-amd64`, which only draws in the newest image.
    private static func release(ofDebian name: String) -> Substring? {
        guard let prefix = ["linux-image-", "linux-modules-"].first(where: name.hasPrefix) else { return nil }
        var release = name.dropFirst(prefix.count)
        for mark in ["unsigned-", "extra-"] where release.hasPrefix(mark) { release = release.dropFirst(mark.count) }
        guard let first = release.utf8.first, (0x30...0x39).contains(first) else { return nil }
        return release
    }

    /// Whether `uname -r` names the build of an RPM version: Red Hat's and Oracle's append the architecture and the flavour
    /// (`5.14.0-362.8.1.el9_3.x86_64+rt`), SUSE's leave out the number of the rebuild (`5.14.21-150500.55.7-default` of `5.14.21-150500.55.7.1`).
    private static func isRelease(_ running: String, of version: String) -> Bool {
        let build = version.split(separator: ":", maxSplits: 1).last ?? ""
        if running == build || running.hasPrefix(build + ".") || running.hasPrefix(build + "+") { return true }
        guard let flavour = running.lastIndex(of: "-") else { return false }
        return build == running[..<flavour] || build.hasPrefix(running[..<flavour] + ".")
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

    /// What RPM distributions call the parts of an image, and what of the same beginning is none.
    private static let images = [
        "kernel", "kernel-core", "kernel-modules", "kernel-rt", "kernel-uek", "kernel-64k", "kernel-default",
        "kernel-azure",
    ]
    private static let apart = [
        "-devel", "-doc", "-headers", "-tools", "-source", "-macros", "-firmware", "-srpm", "-rpm",
    ]
}
