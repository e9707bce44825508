import Inventory

/// The kernel that runs and the images that are there.
struct InstalledKernels {
    /// Most releases that are looked at.
    private static let maximumReleases = 100

    /// `uname -r`; `nil` when the kernel does not say.
    let running: String?
    /// The version of the package that the running kernel was built as, where it says so.
    let packageVersion: String?
    private let releases: [String]

    init(root: RootFolder, proc: ProcessFolder) {
        running = proc.line("sys/kernel/osrelease").flatMap { $0.utf8.count <= 255 ? $0 : nil }
        packageVersion = KernelRelease.packageVersion(
            version: proc.line("sys/kernel/version"), signature: proc.line("version_signature"))
        // A service that may load no modules sees an empty folder in place of theirs, and the images in /boot all the same.
        let modules = ["/lib/modules", "/usr/lib/modules"].flatMap { (try? root.names(in: $0)) ?? [] }
        let images = ((try? root.names(in: "/boot")) ?? []).compactMap { name in
            ["vmlinuz-", "vmlinux-"].first(where: name.hasPrefix).map { String(name.dropFirst($0.count)) }
        }
        releases = Array(Set(modules + images).filter { $0.utf8.count <= 255 }.sorted().prefix(Self.maximumReleases))
    }

    /// Whether the installed kernels can be seen: the one that runs is among them, or a newer one is.
    ///
    /// - Parameter kernel: What ``kernel(_:version:)`` gave.
    func areSeen(_ kernel: RunningState.Kernel?) -> Bool {
        guard let running else { return false }
        return kernel?.newer != nil || releases.contains(running)
    }

    /// Files by whose packages installed kernels are known.
    var paths: Set<String> { Set((releases + [running].compactMap { $0 }).flatMap(Self.paths)) }

    /// The image, where distributions have it, then what lies beside its modules.
    private static func paths(_ release: String) -> [String] {
        [
            "/boot/vmlinuz-\(release)", "/boot/vmlinux-\(release)", "/usr/lib/modules/\(release)/vmlinuz",
            "/usr/lib/modules/\(release)/Image", "/usr/lib/modules/\(release)/modules.builtin",
        ]
    }

    /// The package of a release; `nil` when it is not installed, or by no package.
    func package(of release: String, _ packages: [String: String]) -> String? {
        Self.paths(release).lazy.compactMap { packages[$0] }.first
    }

    /// - Parameter packages: Package URLs by path.
    /// - Returns: The running kernel beside what would run after a restart.
    func kernel(_ packages: [String: String], version: (String) -> String?) -> RunningState.Kernel? {
        guard let running else { return nil }
        let here = KernelRelease(running)
        let newer = releases.filter { package(of: $0, packages) != nil }.map(KernelRelease.init)
            .filter { $0.isNewer(than: here) }
            .max { $1.isNewer(than: $0) }
        if let newer { return RunningState.Kernel(release: running, newer: newer.text) }
        // The same release, built anew: Debian and Ubuntu keep a release while modules fit.
        let installed = package(of: running, packages).flatMap(version)
        if let packageVersion, let installed, !installed.hasPrefix(packageVersion) {
            return RunningState.Kernel(release: running, newer: installed)
        }
        return RunningState.Kernel(release: running)
    }
}
