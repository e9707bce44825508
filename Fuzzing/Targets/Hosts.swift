import Enrichment
import Glibc
import HostScan
import Inventory

extension FuzzTargets {
    /// Files of a host that is scanned: each input is one file of an otherwise small and sound tree.
    static let hosts: [FuzzTarget] = [
        file("host-dpkg", "var/lib/dpkg/status", dictionary: "debian"),
        file("host-dpkg-files", "var/lib/dpkg/info/example.list"),
        file("host-os-release", "etc/os-release", dictionary: "distribution"),
        file("host-rpm-sqlite", "var/lib/rpm/rpmdb.sqlite", maximumLength: 16_384),
        file("host-rpm-ndb", "var/lib/rpm/Packages.db", maximumLength: 16_384),
        file("host-rpm-berkeley", "var/lib/rpm/Packages", maximumLength: 16_384),
        file("host-apk", "lib/apk/db/installed"),
        file("host-pacman", "var/lib/pacman/local/example-1.0-1/desc"),
        file("host-pacman-files", "var/lib/pacman/local/example-1.0-1/files"),
        file("host-rpm-manifest", "var/lib/rpmmanifest/container-manifest-2"),
        file("host-snap", "snap/example/current/meta/snap.yaml"),
        file("host-flatpak", "var/lib/flatpak/app/example/x86_64/stable/active/deploy"),
        file("host-python", "usr/lib/python3/site-packages/example-1.0.dist-info/METADATA", dictionary: "python"),
        file("host-python-egg", "usr/lib/python3/site-packages/example-1.0.egg-info", dictionary: "python"),
        FuzzTarget("host-npm", form: .json) { check("srv/node_modules/example/package.json", $0) },
        file("host-gem", "var/lib/gems/specifications/example-1.0.gemspec"),
        FuzzTarget("host-composer", form: .json) { check("srv/composer/installed.json", $0) },
        FuzzTarget("host-dotnet", form: .json) { check("srv/example.deps.json", $0) },
        FuzzTarget("host-conda", form: .json) { check("opt/conda/conda-meta/example.json", $0) },
        file("host-erlang", "srv/example/ebin/example.app"),
        file("host-java", "srv/example-1.0.jar", dictionary: "archive"),
        file("host-kernel-module", "lib/modules/6.1.0/updates/example.ko"),
        file("host-kernel-module-packed", "lib/modules/6.1.0/updates/example.ko.zst"),
        file("host-appimage", "opt/Example.AppImage", maximumLength: 16_384),
        FuzzTarget("host-browser-extension", form: .json) {
            check("home/a/Extensions/cjpalhdlnbpafiamejdnhcphjbkeiagm/1.0_0/manifest.json", $0)
        },
        FuzzTarget("host-firefox-extensions", form: .json) { check("home/a/.mozilla/firefox/x/extensions.json", $0) },
        FuzzTarget("host-editor-extension", form: .json) { check("home/a/extensions/a.b-1.0/package.json", $0) },
        FuzzTarget("host-image", maximumLength: 16_384) { input in
            let path = TemporaryPlace.folder + "/image.tar"
            TemporaryPlace.write(path, input)
            guard let report = try? ImageScanner(path: path).scan() else {
                return require(false, "a scan comes to an end")
            }
            for warning in report.warnings { require(!warning.reason.isEmpty, "a warning says why") }
        },
        FuzzTarget("host-program") { input in
            // A shorter file is taken for no program.
            check("srv/bin/nginx", input + [UInt8](repeating: 0, count: max(0, 4096 - input.count)), isProgram: true)
        },
        FuzzTarget("host-lock-npm", form: .json) { check("srv/package-lock.json", $0) },
        file("host-lock-bun", "srv/bun.lock", dictionary: "json"),
        file("host-lock-toml", "srv/poetry.lock"),
        file("host-lock-pnpm", "srv/pnpm-lock.yaml"),
        file("host-lock-yarn", "srv/yarn.lock"),
        file("host-lock-go", "srv/go.mod"),
        file("host-lock-gem", "srv/Gemfile.lock"),
        file("host-lock-requirements", "srv/requirements.txt"),
        file("host-lock-pom", "srv/pom.xml"),
        FuzzTarget("host-mounts", maximumLength: 1024) { input in
            for folder in MountTable.foreignFolders(mountinfo: input.text, root: "/") {
                require(folder.hasPrefix("/"), "\(folder) is a path")
            }
            _ = MountTable.foreignFolders(mountinfo: input.text, root: "/mnt")
        },
        FuzzTarget("host-running") { input in checkRunning(input) },
        FuzzTarget("apt-simulation", maximumLength: 2048, dictionary: "debian") { input in
            for upgrade in AptArchive.parse(input.text) {
                require(!upgrade.package.isEmpty && !upgrade.candidate.isEmpty, "an upgrade has a name and a version")
            }
        },
    ]

    private static func file(
        _ name: String, _ path: String, maximumLength: Int = 4096, dictionary: String? = nil
    ) -> FuzzTarget {
        FuzzTarget(name, maximumLength: maximumLength, dictionary: dictionary) { check(path, $0) }
    }

    /// The tree that the file is put into.
    private static let root: String = {
        let root = TemporaryPlace.folder + "/root"
        let status = """
            Package: example
            Status: install ok installed
            Architecture: amd64
            Version: 1.0-1

            """
        TemporaryPlace.write(root + "/etc/os-release", Array("ID=debian\nVERSION_ID=12\n".utf8))
        TemporaryPlace.write(root + "/var/lib/dpkg/status", Array(status.utf8))
        TemporaryPlace.write(root + "/var/lib/dpkg/info/example.list", Array("/.\n/usr\n".utf8))
        TemporaryPlace.write(
            root + "/var/lib/pacman/local/example-1.0-1/desc", Array("%NAME%\nexample\n\n%VERSION%\n1.0-1\n".utf8))
        return root
    }()

    /// Files of a `/proc` of one process, whose names and sockets anybody may choose; the first byte says which file the rest is.
    private static let processFiles = [
        "1/maps", "1/stat", "1/cgroup", "net/tcp6", "net/udp", "sys/kernel/version", "uptime",
    ]

    private static func checkRunning(_ input: [UInt8]) {
        guard let first = input.first else { return }
        let folder = TemporaryPlace.folder + "/processes"
        for (number, file) in processFiles.enumerated() {
            let isChosen = number == Int(first) % processFiles.count
            TemporaryPlace.write("\(folder)/\(file)", isChosen ? Array(input.dropFirst()) : [])
        }
        TemporaryPlace.write("\(folder)/sys/kernel/osrelease", Array("6.1.0-18-amd64\n".utf8))
        // It fails from the second time on, as they are there.
        _ = symlink("/usr/sbin/nginx", "\(folder)/1/exe")
        _ = symlink(root, "\(folder)/1/root")
        var scanner = RunningScanner(root: root, processes: folder, isThisSystem: true)
        guard let report = try? HostScanner(root: root).scan(), let state = try? scanner.scan(beside: report) else {
            return require(false, "a look comes to an end")
        }
        require(state.listeners.allSatisfy { (1...65535).contains($0.port) }, "a port is one")
        require(state.restarts.count <= RunningState.maximumEntries, "restarts are bounded")
        require(state.listeners.count <= RunningState.maximumEntries, "listeners are bounded")
        require(state.limited(to: 1).gaps.count <= RunningState.Gap.allCases.count, "gaps are bounded")
    }

    private static func check(_ path: String, _ input: [UInt8], isProgram: Bool = false) {
        TemporaryPlace.write("\(root)/\(path)", input)
        if isProgram { chmod("\(root)/\(path)", 0o700) }
        guard let report = try? HostScanner(root: root).scan() else { return require(false, "a scan comes to an end") }
        for warning in report.warnings { require(!warning.reason.isEmpty, "a warning says why") }
        _ = CycloneDX.write(report, toolVersion: "1", timestamp: nil)
        _ = ScanTable(width: 80).render(report)
    }
}
