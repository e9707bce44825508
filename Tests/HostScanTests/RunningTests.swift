import Foundation
import Inventory
import PackageIdentity
import Testing

@testable import HostScan

/// What is in use, by a made-up `/proc` beside a made-up root.
@Suite struct RunningTests {
    /// A root with packages of dpkg, and processes.
    private final class Machine {
        let root: TemporaryRoot
        let proc: TemporaryRoot

        init() throws {
            root = try TemporaryRoot([
                "/var/lib/dpkg/status": [
                    Self.record("nginx", "1.22.1-9"), Self.record("libssl3", "3.0.15-1~deb12u1", "openssl"),
                    Self.record("libc6", "2.36-9", "glibc"), Self.record("cron", "3.0pl1-162"),
                    Self.record("linux-image-6.1.0-18-amd64", "6.1.76-1"),
                ].joined(separator: "\n"),
                "/var/lib/dpkg/info/nginx.list": "/.\n/usr\n/usr/sbin\n/usr/sbin/nginx\n",
                "/var/lib/dpkg/info/libssl3:amd64.list": "/.\n/usr/lib/x/libssl.so.3\n",
                // Before the merge of /lib into /usr.
                "/var/lib/dpkg/info/libc6:amd64.list": "/.\n/lib/x/libc.so.6\n",
                "/var/lib/dpkg/info/cron.list": "/.\n/usr/sbin/cron\n",
                "/var/lib/dpkg/info/linux-image-6.1.0-18-amd64.list": "/.\n/boot/vmlinuz-6.1.0-18-amd64\n",
                "/boot/vmlinuz-6.1.0-18-amd64": "k", "/lib/modules/6.1.0-18-amd64/modules.order": "",
            ])
            for path in ["/usr/sbin/nginx", "/usr/sbin/cron", "/usr/lib/x/libssl.so.3", "/usr/lib/x/libc.so.6"] {
                try root.write(path, path)
            }
            proc = try TemporaryRoot([
                "/sys/kernel/osrelease": "6.1.0-18-amd64\n",
                "/sys/kernel/version": "#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)\n",
                "/uptime": "100000.5 200000.1\n", "/net/tcp": Self.table([]), "/net/udp": Self.table([]),
            ])
        }

        static func record(_ name: String, _ version: String, _ source: String? = nil) -> String {
            "Package: \(name)\nStatus: install ok installed\nArchitecture: amd64\nVersion: \(version)\n"
                + (source.map { "Source: \($0)\n" } ?? "")
        }

        static func table(_ lines: [String]) -> String {
            (["  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode"]
                + lines)
                .joined(separator: "\n") + "\n"
        }

        static func socket(_ address: String, _ port: Int, _ inode: Int, state: String = "0A") -> String {
            let port = String(port, radix: 16, uppercase: true)
            return "   0: \(address):\(String(repeating: "0", count: 4 - port.count) + port) 00000000:0000 \(state) "
                + "00000000:00000000 00:00000000 00000000     0        0 \(inode) 1 0000000000000000 100 0 0 10 0"
        }

        /// A line of `maps` for a file of the root as it is now, or for one that is gone.
        func mapping(_ path: String, gone: Bool = false, permissions: String = "r-xp", number: UInt64? = nil) throws
            -> String
        {
            var facts = stat()
            _ = stat(root.url(path).path, &facts)
            let identity = FileIdentity(facts)
            let text = gone ? "\(path) (deleted)" : path
            return "7f00-7f01 \(permissions) 00000000 \(gone ? "fe:01" : identity.device) "
                + "\(gone ? 4711 : number ?? identity.number)                  \(text)\n"
        }

        /// - Parameter start: Seconds after the machine started.
        func process(
            _ id: Int, _ program: String, service: String? = nil, start: Int = 5, maps: String, open: [String] = [],
            root other: String? = nil
        ) throws {
            let ticks = start * Int(sysconf(Int32(_SC_CLK_TCK)))
            try proc.write("/\(id)/maps", maps)
            try proc.write("/\(id)/stat", "\(id) (a (b) c) S 1 \(id) 0 0 0 0 0 0 0 0 0 0 0 0 20 0 1 0 \(ticks) 1 1\n")
            try proc.write("/\(id)/cgroup", "0::/system.slice/\(service ?? "x.scope")\n")
            try proc.link("/\(id)/exe", to: program)
            try proc.link("/\(id)/root", to: other ?? root.path)
            try proc.write("/\(id)/fd/.keep", "")
            for (number, target) in open.enumerated() { try proc.link("/\(id)/fd/\(number)", to: target) }
        }

        func state() throws -> RunningState {
            var scanner = RunningScanner(root: root.path, processes: proc.path, isThisSystem: true)
            return try #require(try scanner.scan(beside: try root.scan()))
        }
    }

    private static let nginx = "pkg:deb/debian/nginx@1.22.1-9?arch=amd64&distro=debian-12"
    private static let openssl =
        "pkg:deb/debian/libssl3@3.0.15-1~deb12u1?arch=amd64&distro=debian-12&upstream=openssl"
    private static let libc = "pkg:deb/debian/libc6@2.36-9?arch=amd64&distro=debian-12&upstream=glibc"
    private static let cron = "pkg:deb/debian/cron@3.0pl1-162?arch=amd64&distro=debian-12"
    private static let kernel =
        "pkg:deb/debian/linux-image-6.1.0-18-amd64@6.1.76-1?arch=amd64&distro=debian-12"

    @Test func saysWhatListensWhatRunsAndWhatDoesNeither() throws {
        let machine = try Machine()
        try machine.proc.write(
            "/net/tcp",
            Machine.table([
                Machine.socket("00000000", 80, 100), Machine.socket("0100007F", 631, 101),
                Machine.socket("0100007F", 4000, 102, state: "01"),
            ]))
        try machine.proc.write("/net/tcp6", Machine.table([Machine.socket(String(repeating: "0", count: 32), 80, 103)]))
        let libc = try machine.mapping("/usr/lib/x/libc.so.6")
        try machine.process(
            1, "/usr/sbin/cron", service: "cron.service", maps: try machine.mapping("/usr/sbin/cron") + libc)
        try machine.process(
            77, "/usr/sbin/nginx", service: "nginx.service", maps: try machine.mapping("/usr/sbin/nginx") + libc,
            open: ["/dev/null", "socket:[100]", "socket:[103]", "socket:[9]"])
        let state = try machine.state()
        #expect(
            state
                == RunningState(
                    kernel: .init(release: "6.1.0-18-amd64"),
                    listeners: [
                        .init(
                            transport: "tcp", port: 80, reach: .any, service: "nginx.service", program: "nginx",
                            package: Self.nginx),
                        .init(transport: "tcp", port: 631, reach: .loopback),
                    ],
                    running: [Self.cron, Self.kernel], listening: [Self.libc, Self.nginx]))
        let use = PackageUse(state)
        func exposure(_ text: String) throws -> Exposure? { use.exposure(of: try PackageURL(text)) }
        #expect(try exposure(Self.nginx) == .listening)
        #expect(try exposure(Self.cron) == .running)
        #expect(try exposure(Self.openssl) == .installed)
        #expect(try exposure("pkg:pypi/requests@2.31.0") == nil, "what an interpreter reads leaves no trace")
        #expect(try machine.state().digest == state.digest)
    }

    @Test func replacedLibrariesAskForARestart() throws {
        let machine = try Machine()
        let maps =
            try machine.mapping("/usr/sbin/nginx") + machine.mapping("/usr/lib/x/libssl.so.3", gone: true)
            + machine.mapping("/usr/lib/x/libc.so.6", number: 1)
            + machine.mapping("/usr/lib/x/libgone.so.1.2", gone: true)
            + machine.mapping("/usr/lib/x/libdpkg.so.dpkg-new", gone: true)
            // No libraries: data, and what programs make and remove themselves.
            + machine.mapping("/usr/lib/locale/archive", gone: true, permissions: "r--p")
            + machine.mapping("/memfd:x", gone: true) + machine.mapping("/dev/zero", gone: true)
            + machine.mapping("/SYSV00000000", gone: true) + machine.mapping("/tmp/a.so", gone: true)
        try machine.process(1, "/usr/sbin/cron", maps: try machine.mapping("/usr/sbin/cron"))
        for id in [20, 21] { try machine.process(id, "/usr/sbin/nginx", service: "nginx.service", maps: maps) }
        try machine.process(30, "/usr/sbin/cron (deleted)", maps: try machine.mapping("/usr/sbin/cron", gone: true))
        let state = try machine.state()
        #expect(
            state.restarts == [
                .init(
                    service: "nginx.service", program: "nginx", packages: [Self.libc, Self.openssl],
                    files: ["libc.so.6", "libdpkg.so", "libgone.so.1.2", "libssl.so.3"]),
                .init(service: nil, program: "cron", packages: [Self.cron], files: ["cron"]),
            ])
        #expect(!state.running.contains(Self.openssl), "what runs is not what is installed now")
        #expect(state.gaps == [])
    }

    @Test func aNewerKernelAndARequestAskForAReboot() throws {
        let machine = try Machine()
        try machine.process(1, "/usr/sbin/cron", maps: "")
        #expect(try machine.state().rebootReasons == [])
        // One of another kind, and one that no package has.
        for release in ["6.1.0-40-cloud-amd64", "6.1.0-90-amd64"] {
            try machine.root.write("/lib/modules/\(release)/modules.order", "")
        }
        try machine.root.write(
            "/var/lib/dpkg/info/cron.list", "/usr/sbin/cron\n/boot/vmlinuz-6.1.0-40-cloud-amd64\n")
        #expect(try machine.state().rebootReasons == [])
        for release in ["6.1.0-9-amd64", "6.1.0-22-amd64", "6.1.0-25-amd64"] {
            try machine.root.write("/lib/modules/\(release)/modules.order", "")
        }
        try machine.root.write(
            "/var/lib/dpkg/info/cron.list",
            "/boot/vmlinuz-6.1.0-22-amd64\n/boot/vmlinuz-6.1.0-25-amd64\n/boot/vmlinuz-6.1.0-9-amd64\n")
        try machine.root.write("/run/reboot-required", "*** System restart required ***\n")
        try machine.root.write("/run/reboot-required.pkgs", "linux-base\nlibc6\nlibc6\n\n")
        let state = try machine.state()
        #expect(state.kernel == .init(release: "6.1.0-18-amd64", newer: "6.1.0-25-amd64"))
        #expect(state.rebootReasons == ["kernel", "requested"])
        #expect(state.rebootPackages == ["libc6", "linux-base"])
    }

    @Test func theSameReleaseBuiltAnewAsksForAReboot() throws {
        let machine = try Machine()
        try machine.process(1, "/usr/sbin/cron", maps: "")
        try machine.proc.write("/sys/kernel/version", "#1 SMP PREEMPT_DYNAMIC Debian 6.1.69-1 (2023-12-30)\n")
        #expect(try machine.state().kernel == .init(release: "6.1.0-18-amd64", newer: "6.1.76-1"))
    }

    /// Units that may load no modules see none.
    @Test func kernelsAreSeenByTheirImagesElseItIsSaid() throws {
        let machine = try Machine()
        try machine.process(1, "/usr/sbin/cron", maps: "")
        try FileManager.default.removeItem(at: machine.root.url("/lib/modules"))
        #expect(try machine.state().gaps == [])
        try machine.root.write("/boot/vmlinuz-6.1.0-25-amd64", "k")
        try machine.root.write("/var/lib/dpkg/info/cron.list", "/boot/vmlinuz-6.1.0-25-amd64\n")
        #expect(try machine.state().kernel == .init(release: "6.1.0-18-amd64", newer: "6.1.0-25-amd64"))
        try FileManager.default.removeItem(at: machine.root.url("/boot"))
        let state = try machine.state()
        #expect(state.gaps == ["kernels"] && state.rebootReasons == [])
        #expect(PackageUse(state).exposure(of: try PackageURL(Self.openssl)) == .installed)
    }

    @Test func whatRunsInContainersIsNotOfThisRoot() throws {
        let machine = try Machine()
        let other = try TemporaryRoot()
        try machine.proc.write("/net/tcp", Machine.table([Machine.socket("00000000", 80, 100)]))
        try machine.process(1, "/usr/sbin/cron", maps: try machine.mapping("/usr/sbin/cron"))
        try machine.process(
            2, "/usr/sbin/nginx", maps: try machine.mapping("/usr/lib/x/libssl.so.3", gone: true),
            open: ["socket:[100]"], root: other.path)
        let state = try machine.state()
        #expect(state.restarts == [] && state.listening == [] && state.gaps == [])
        #expect(state.listeners == [.init(transport: "tcp", port: 80, reach: .any)])
    }

    /// A report that is another one for every command that somebody runs is of no use.
    @Test func whatComesAndGoesDoesNotCount() throws {
        let machine = try Machine()
        try machine.process(1, "/usr/sbin/cron", maps: try machine.mapping("/usr/sbin/cron"))
        let before = try machine.state()
        try machine.process(9, "/usr/sbin/nginx", start: 99_900, maps: try machine.mapping("/usr/sbin/nginx"))
        #expect(try machine.state() == before)
        try machine.proc.write("/uptime", "100600.0 1\n")
        #expect(try machine.state().running.contains(Self.nginx))
    }

    @Test func programsOfNoPackageManagerAreKnownByTheirFiles() throws {
        let machine = try Machine()
        try machine.process(
            1, "/opt/a/server", maps: try machine.mapping("/opt/a/server", number: 5), open: ["/opt/a/app.jar"])
        var report = try machine.root.scan()
        let jar = try PackageURL("pkg:maven/org.example/a@1")
        let inner = try PackageURL("pkg:maven/org.example/b@1")
        report.inventory = Inventory(report.inventory.packages + [jar, inner])
        report.occurrences[jar] = ["/opt/a/app.jar"]
        report.occurrences[inner] = ["/opt/a/app.jar!/lib/b.jar"]
        var scanner = RunningScanner(root: machine.root.path, processes: machine.proc.path, isThisSystem: true)
        let state = try #require(try scanner.scan(beside: report))
        #expect(state.running == [Self.kernel, jar.description, inner.description])
    }

    @Test func whatMayNotBeSeenIsSaid() throws {
        let machine = try Machine()
        #expect(try machine.state().gaps == ["processes"], "hidden processes: the first is not there")
        try machine.process(1, "/usr/sbin/cron", maps: "")
        try FileManager.default.removeItem(at: machine.proc.url("/net"))
        // A file in place of the folder of a process cannot be opened, and it did not end either.
        try machine.proc.write("/7", "")
        let state = try machine.state()
        #expect(state.gaps == ["processes", "sockets"])
        #expect(PackageUse(state).exposure(of: try PackageURL(Self.openssl)) == nil)
    }

    @Test func otherRootsHaveNoProcesses() throws {
        let root = try TemporaryRoot()
        var scanner = RunningScanner(root: root.path)
        #expect(try scanner.scan(beside: try root.scan()) == nil)
    }

    @Test func ownersStayKnownUntilADatabaseChanges() throws {
        let machine = try Machine()
        let os = try machine.root.scan().host.os
        var owners = PackageOwners()
        try machine.root.withFolder { root in
            let paths: Set = ["/usr/sbin/nginx", "/usr/lib/x/libc.so.6", "/nothing"]
            let found = owners.packages(of: paths, in: root, os)
            #expect(found == ["/usr/sbin/nginx": Self.nginx, "/usr/lib/x/libc.so.6": Self.libc])
            try machine.root.write(
                "/var/lib/dpkg/status", Machine.record("nginx", "1.22.1-10") + "\n" + Machine.record("libc6", "2.36-9"))
            #expect(owners.packages(of: paths, in: root, os)["/usr/sbin/nginx"]?.contains("1.22.1-10") == true)
        }
    }

    @Test func everyDatabaseSaysWhoseAFileIs() throws {
        let root = try TemporaryRoot([
            "/lib/apk/db/installed":
                "P:musl\nV:1.2.4-r1\nA:x86_64\nF:lib\nR:ld-musl.so.1\n\nP:busybox\nV:1.36-r1\nF:bin\nR:busybox\n",
            "/var/lib/pacman/local/bash-5-1/desc": "%NAME%\nbash\n\n%VERSION%\n5-1\n",
            "/var/lib/pacman/local/bash-5-1/files": "%FILES%\nusr/\nusr/bin/bash\n",
        ])
        try root.write(
            "/var/lib/rpm/Packages.db",
            bytes: RPMSamples.ndb([
                RPMSamples.package(
                    "openssl-libs", "3.0.7", "24.el9",
                    [
                        .baseNames: .texts(["libssl.so.3", "openssl.cnf"]), .folderIndexes: .numbers([1, 0]),
                        .folderNames: .texts(["/etc/pki/", "/usr/lib64/"]),
                    ])
            ]))
        try root.withFolder { folder in
            var owners = PackageOwners()
            let found = owners.packages(
                of: ["/usr/lib/ld-musl.so.1", "/usr/bin/busybox", "/usr/bin/bash", "/usr/lib64/libssl.so.3"],
                in: folder,
                nil)
            #expect(
                found == [
                    "/usr/lib/ld-musl.so.1": "pkg:apk/musl@1.2.4-r1?arch=x86_64",
                    "/usr/bin/busybox": "pkg:apk/busybox@1.36-r1", "/usr/bin/bash": "pkg:alpm/bash@5-1",
                    "/usr/lib64/libssl.so.3": "pkg:rpm/openssl-libs@3.0.7-24.el9",
                ])
        }
    }

    @Test(arguments: [
        ("0::/system.slice/nginx.service\n", "nginx.service" as String?),
        ("0::/system.slice/system-getty.slice/getty@tty1.service\n", "getty@.service"),
        ("0::/system.slice/ssh@3-10.0.0.1:22-10.0.0.2:5000.service\n", "ssh@.service"),
        ("1:name=systemd:/system.slice/cron.service\n0::/\n", "cron.service"),
        ("0::/user.slice/user-1000.slice/user@1000.service/app.slice/a.service\n", nil),
        ("0::/system.slice/docker-0123.scope\n", nil), ("0::/system.slice/run-u17.service\n", nil),
        ("0::/init.scope", nil),
        ("", nil), ("::::\n\n0:", nil),
    ])
    func servicesAreNamedWithoutTheirInstances(text: String, name: String?) {
        #expect(ServiceName.find(in: text) == name)
    }

    @Test(arguments: [
        ("6.1.0-25-amd64", "6.1.0-18-amd64", true), ("6.1.0-9-amd64", "6.1.0-18-amd64", false),
        ("6.1.0-18-amd64", "6.1.0-18-amd64", false), ("6.1.0-25-cloud-amd64", "6.1.0-18-amd64", false),
        ("5.14.0-362.13.1.el9_3.x86_64", "5.14.0-362.8.1.el9_3.x86_64", true),
        ("5.14.0-427.el9.x86_64", "5.14.0-362.8.1.el9_3.x86_64", true),
        ("6.8.10-300.fc40.x86_64", "6.8.5-301.fc40.x86_64", true),
        ("5.15.0-101-generic", "5.15.0-91-generic", true), ("5.15.0-101-lowlatency", "5.15.0-91-generic", false),
        ("6.10.1-arch1-1", "6.9.7-arch1-1", true), ("99999999999999999999.1-amd64", "6.1-amd64", true), ("", "", false),
    ])
    func releasesOfOneKindHaveAnOrder(left: String, right: String, isNewer: Bool) {
        #expect(KernelRelease(left).isNewer(than: KernelRelease(right)) == isNewer)
    }

    @Test(arguments: [
        ("#1 SMP PREEMPT_DYNAMIC Debian 6.1.76-1 (2024-02-01)", nil as String?, "6.1.76-1" as String?),
        ("#101-Ubuntu SMP", "Ubuntu 5.15.0-91.101-generic 5.15.131", "5.15.0-91.101"), ("#1 SMP Debian", nil, nil),
        ("#1 SMP PREEMPT_DYNAMIC Thu", "", nil),
    ])
    func kernelsSayTheirPackages(version: String, signature: String?, expected: String?) {
        #expect(KernelRelease.packageVersion(version: version, signature: signature) == expected)
    }

    @Test func addressesReachAsFarAsTheySay() {
        #expect(ListeningSockets.reach("00000000") == .any)
        #expect(ListeningSockets.reach("0100007F") == .loopback)
        #expect(ListeningSockets.reach("0100000A") == .address)
        #expect(ListeningSockets.reach(String(repeating: "0", count: 32)) == .any)
        #expect(ListeningSockets.reach("00000000000000000000000001000000") == .loopback)
        #expect(ListeningSockets.reach("0000000000000000FFFF00000100007F") == .loopback)
        #expect(ListeningSockets.reach("000080FE000000000000000001000000") == .address)
        for text in ["", "0", "0000000G", "000000000"] { #expect(ListeningSockets.reach(text) == nil) }
    }

    /// A socket that asked somebody waits for the answer at a port of the kernel's choice.
    @Test func clientsOfUDPDoNotListen() {
        var table = ListeningSockets()
        table.take(Machine.socket("00000000", 53, 1, state: "07"), transport: "udp", clientPorts: 32_768)
        table.take(Machine.socket("00000000", 40_000, 2, state: "07"), transport: "udp", clientPorts: 32_768)
        table.take(Machine.socket("00000000", 123, 3, state: "01"), transport: "udp", clientPorts: 32_768)
        #expect(table.sockets == [1: .init(transport: "udp", port: 53, reach: .any)])
    }

    /// Whatever a `/proc` says, nothing traps.
    @Test func damagedProcessesAreLeftOut() throws {
        let lines = [
            "", " ", "7f00", "7f00-7f01 r-xp 0 fe:01 12", "7f00-7f01 r-xp 0 fe:01 x /a", "7f00-7f01 rx 0 fe:01 1 /a",
            "7f00-7f01 r-xp 0 fe:01 99999999999999999999999 /a", "7f00-7f01 r-xp 00000000 fe:01 1 [heap]",
            " (deleted)", "7f00-7f01 r-xp 0 f 1  (deleted)",
        ]
        var mapped = MappedFiles()
        for line in lines {
            for length in 0...line.utf8.count { mapped.take(Array(line.utf8.prefix(length))) }
        }
        #expect(mapped.files == [])
        var sockets = ListeningSockets()
        let socket = Machine.socket("00000000", 80, 1)
        for length in 0..<socket.count { sockets.take(socket.prefix(length), transport: "tcp", clientPorts: 0) }
        let machine = try Machine()
        for (path, text) in [("maps", "\n\0\n"), ("stat", ")"), ("cgroup", "\u{1}"), ("fd/a", "")] {
            try machine.proc.write("/1/\(path)", text)
        }
        try machine.proc.link("/1/exe", to: "/")
        try machine.proc.link("/1/root", to: machine.root.path)
        try machine.proc.write("/99999999999", "")
        #expect(try machine.state().restarts == [])
    }
}
