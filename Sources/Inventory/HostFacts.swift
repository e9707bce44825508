import PackageIdentity

/// What a scan learned about the host beside its packages.
public struct HostFacts: Sendable, Hashable, Codable {
    /// As the host calls itself; empty when unknown.
    public var hostname: String

    /// From os-release(5); `nil` when there is none.
    public var os: OperatingSystem?

    /// Release of the running kernel, "6.1.0-18-amd64"; `nil` when another root than the running system was scanned.
    public var kernelRelease: String?

    /// When the running kernel started, in seconds since 1970; `nil` as above.
    public var bootTime: Int64?

    /// Machine name as the kernel says it, "x86_64" or "aarch64"; for another root, what its packages say ("amd64"), or
    /// empty.
    public var architecture: String

    /// - Parameters:
    ///   - hostname: Empty when unknown.
    ///   - os: `nil` when there is no os-release.
    ///   - kernelRelease: `nil` unless the running system was scanned.
    ///   - bootTime: Seconds since 1970; `nil` unless the running system was scanned.
    ///   - architecture: Empty when unknown.
    public init(
        hostname: String = "", os: OperatingSystem? = nil, kernelRelease: String? = nil, bootTime: Int64? = nil,
        architecture: String = ""
    ) {
        self.hostname = hostname
        self.os = os
        self.kernelRelease = kernelRelease
        self.bootTime = bootTime
        self.architecture = architecture
    }
}
