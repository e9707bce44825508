/// Which folders the walk leaves out, and so which packages do not count as this host's.
struct SkippedFolders {
    /// As seen from inside the root.
    private static let fixed: Set<String> = [
        // No files, or files of the moment.
        "/proc", "/sys", "/dev", "/run", "/tmp", "/var/tmp", "/lost+found",
        // Other systems inside this one: deployments of ostree, of which the running one is seen at the root, and containers.
        "/ostree", "/sysroot/ostree",
        "/snap", "/var/lib/containerd", "/var/lib/containers", "/var/lib/docker", "/var/lib/flatpak", "/var/lib/incus",
        "/var/lib/kubelet/pods", "/var/lib/lxc", "/var/lib/lxd", "/var/lib/machines", "/var/lib/snapd",
    ]

    private let paths: Set<String>

    /// - Parameter foreign: Mount points to leave out, as seen from inside the root.
    init(foreign: Set<String>) {
        paths = Self.fixed.union(foreign)
    }

    /// Whether to leave out the folder `name` inside `parent`.
    func contains(_ name: FileName, in parent: String, path: @autoclosure () -> String) -> Bool {
        // Version control holds history, not what is installed, and has very many folders.
        if name.equals(".git") { return true }
        // uv keeps unpacked wheels here that no environment need use; containers and flatpaks of users live in the others.
        if name.equals("uv"), parent.hasSuffix("/.cache") { return true }
        let isStorage = name.equals("docker") || name.equals("containers") || name.equals("flatpak")
        if isStorage, parent.hasSuffix("/.local/share") { return true }
        return paths.contains(path())
    }
}
