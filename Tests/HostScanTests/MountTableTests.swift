import SeededRandom
import Testing

@testable import HostScan

@Suite struct MountTableTests {
    static let table = """
        22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda1 rw
        23 22 0:21 / /proc rw,nosuid shared:2 - proc proc rw
        24 22 0:40 / /mnt/share\\040one rw shared:3 - nfs4 server:/x rw
        25 22 7:1 / /snap/core22/9 ro - squashfs /dev/loop1 ro
        26 22 0:41 / /home/me/cloud rw - fuse.rclone remote: rw
        27 22 254:1 / /srv rw shared:4 master:1 - xfs /dev/vdb rw
        28 22 0:42 / /images/a/mnt rw - cifs //server/x rw
        short - nfs
        nonsense
        """

    @Test func leavesOutForeignFilesystems() {
        #expect(
            MountTable.foreignFolders(mountinfo: Self.table, root: "/")
                == ["/proc", "/mnt/share one", "/snap/core22/9", "/home/me/cloud", "/images/a/mnt"])
    }

    @Test func namesThemFromInsideTheRoot() {
        #expect(MountTable.foreignFolders(mountinfo: Self.table, root: "/images/a") == ["/mnt"])
        #expect(MountTable.foreignFolders(mountinfo: Self.table, root: "/images/ab") == [])
    }

    @Test func rootItselfIsNeverLeftOut() {
        #expect(MountTable.foreignFolders(mountinfo: "1 0 0:5 / / rw - nfs server:/ rw\n", root: "/") == [])
    }

    @Test func neverTrapsOnMutatedTables() {
        var random = SplitMix(seed: 8)
        for _ in 0..<5_000 {
            let text = String(decoding: random.mutated(Array(Self.table.utf8)), as: UTF8.self)
            let folders = MountTable.foreignFolders(mountinfo: text, root: "/images/a")
            #expect(folders.allSatisfy { $0.hasPrefix("/") })
        }
    }
}
