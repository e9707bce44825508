import BoundedInput
import Glibc

/// Mount points below a root that a scan must not enter.
package enum MountTable {
    /// Filesystems without packages of this host: pseudo, network (slow, and scanned where they live), automount
    /// triggers, and images of other systems such as snaps.
    private static let foreignTypes: Set<Substring> = [
        "9p", "afs", "autofs", "binfmt_misc", "bpf", "ceph", "cgroup", "cgroup2", "cifs", "coda", "configfs", "debugfs",
        "devpts", "devtmpfs", "efivarfs", "fusectl", "glusterfs", "hugetlbfs", "iso9660", "lustre", "mqueue", "nfs",
        "nfs4",
        "nfsd", "nsfs", "proc", "pstore", "rpc_pipefs", "securityfs", "smb3", "smbfs", "squashfs", "sysfs", "tracefs",
        "virtiofs",
    ]

    /// Reads the process's mount table.
    ///
    /// - Parameter root: Absolute path of the root without symbolic links; "/" for the running system.
    /// - Returns: Mount points to leave out, as seen from inside the root. Empty when there is no /proc.
    static func foreignFolders(root: String) -> Set<String> {
        guard let bytes = try? BoundedFile.read("/proc/self/mountinfo", limit: 16 << 20) else { return [] }
        return foreignFolders(mountinfo: String(decoding: bytes, as: UTF8.self), root: root)
    }

    /// - Parameter mountinfo: Lines as proc(5) describes them: "36 35 98:0 /mnt1 /mnt2 rw master:1 - ext3 /dev/root rw".
    package static func foreignFolders(mountinfo: String, root: String) -> Set<String> {
        let prefix = root == "/" ? "" : root
        var folders: Set<String> = []
        for line in mountinfo.split(separator: "\n") {
            let fields = line.split(separator: " ")
            guard let dash = fields.firstIndex(of: "-"), dash >= 6, dash + 1 < fields.count else { continue }
            let type = fields[dash + 1]
            guard foreignTypes.contains(type) || type.hasPrefix("fuse.") else { continue }
            let path = unescaped(fields[4])
            if path.hasPrefix(prefix + "/"), path != "/" { folders.insert(String(path.dropFirst(prefix.count))) }
        }
        return folders
    }

    /// Undoes the kernel's escapes of blanks and backslashes ("\040").
    private static func unescaped(_ field: Substring) -> String {
        guard field.contains("\\") else { return String(field) }
        var bytes: [UInt8] = []
        var rest = Array(field.utf8)[...]
        while let byte = rest.popFirst() {
            let digits = rest.prefix(3)
            if byte == UInt8(ascii: "\\"), let value = UInt8(String(decoding: digits, as: UTF8.self), radix: 8) {
                bytes.append(value)
                rest = rest.dropFirst(3)
            } else {
                bytes.append(byte)
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
