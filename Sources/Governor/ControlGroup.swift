import BoundedInput
import Glibc

/// The program's own control group (cgroups(7), version 2), as long as it has one for itself.
///
/// Nice values count among the threads of one group. Where a service has a group of its own, as systemd gives it, what it takes from others is said
/// by the group's weight.
struct ControlGroup {
    private let idleFile: String

    /// - Parameters:
    ///   - membership: `/proc/self/cgroup`, of which the line "0::/system.slice/a.service" counts.
    ///   - mount: Where groups are folders.
    /// - Returns: `nil` when there is none, when other processes are in it too, or when it is the root.
    init?(membership: String, mount: String = "/sys/fs/cgroup", process: Int32 = getpid()) {
        guard let line = membership.split(separator: "\n").first(where: { $0.hasPrefix("0::/") }) else { return nil }
        let path = line.dropFirst(3)
        guard path != "/", !path.split(separator: "/").contains("..") else { return nil }
        let members = (try? BoundedFile.read("\(mount)\(path)/cgroup.procs", limit: 64 << 10)) ?? []
        let ids = String(decoding: members, as: UTF8.self).split(separator: "\n")
        guard ids == [Substring("\(process)")] else { return nil }
        idleFile = "\(mount)\(path)/cpu.idle"
    }

    /// That of this program.
    static var own: ControlGroup? {
        let bytes = (try? BoundedFile.read("/proc/self/cgroup", limit: 64 << 10)) ?? []
        return ControlGroup(membership: String(decoding: bytes, as: UTF8.self))
    }

    /// Lets the whole group run only when nobody else wants to, until it is called with `false`.
    ///
    /// - Returns: Whether that was granted. It is not to those who may not write to it, nor where an administrator decided it already.
    func setIdle(_ isIdle: Bool) -> Bool {
        let present = try? BoundedFile.read(idleFile, limit: 16)
        guard present == [UInt8(ascii: isIdle ? "0" : "1"), UInt8(ascii: "\n")] else { return false }
        let file = open(idleFile, O_WRONLY | O_CLOEXEC | O_NOFOLLOW)
        guard file >= 0 else { return false }
        defer { close(file) }
        return write(file, isIdle ? "1" : "0", 1) == 1
    }
}
