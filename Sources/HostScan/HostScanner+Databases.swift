extension HostScanner {
    /// Files and folders whose change hints at changed packages: package databases, snaps and flatpaks, the usual folders of packages of
    /// languages, of Homebrew and of programs that no package manager knows.
    ///
    /// Only places that exist, a handful of listings in cost. A hint, not a promise: packages in unusual places change none of
    /// these, so a full scan is still due now and then.
    ///
    /// - Parameter root: As for ``init(root:)``.
    /// - Returns: Paths that begin with `root`, ascending, at most ``maximumDatabasePaths``. Empty when the root cannot be opened.
    public static func databasePaths(root: String) -> [String] {
        guard let folder = try? RootFolder(path: root) else { return [] }
        var found: Set<String> = []
        for pattern in databasePatterns {
            found.formUnion(matches(of: pattern.split(separator: "/")[...], in: "", folder))
        }
        let prefix = root.hasSuffix("/") ? String(root.dropLast()) : root
        return found.sorted().prefix(maximumDatabasePaths).map { prefix + $0 }
    }

    /// Most paths that ``databasePaths(root:)`` returns.
    public static let maximumDatabasePaths = 512

    /// A star stands for any end of a name.
    private static let databasePatterns = [
        "var/lib/dpkg/status",
        "var/lib/dpkg/status.d",
        "var/lib/rpm/rpmdb.sqlite",
        "var/lib/rpm/Packages.db",
        "var/lib/rpm/Packages",
        "usr/lib/sysimage/rpm/rpmdb.sqlite",
        "usr/lib/sysimage/rpm/Packages.db",
        "usr/lib/sysimage/rpm/Packages",
        "usr/share/rpm/rpmdb.sqlite",
        "usr/share/rpm/Packages.db",
        "usr/share/rpm/Packages",
        "lib/apk/db/installed",
        "usr/lib/apk/db/installed",
        "var/lib/pacman/local",
        "var/lib/snapd/snaps",
        // Flatpak touches it whenever anything was installed, updated or removed.
        "var/lib/flatpak/.changed",
        "home/*/.local/share/flatpak/.changed",
        "home/linuxbrew/.linuxbrew/Cellar",
        "etc/os-release",
        "usr/lib/os-release",
        "usr/lib/python3*/dist-packages",
        "usr/lib/python3*/site-packages",
        "usr/lib64/python3*/site-packages",
        "usr/local/lib/python*/dist-packages",
        "usr/local/lib/python*/site-packages",
        "opt/*/lib/python*/site-packages",
        "opt/*/venv/lib/python*/site-packages",
        "root/.pyenv/versions/*/lib/python*/site-packages",
        "home/*/.pyenv/versions/*/lib/python*/site-packages",
        "home/*/.local/lib/python*/site-packages",
        "root/.local/lib/python*/site-packages",
        "usr/lib/node_modules",
        "usr/local/lib/node_modules",
        "root/.nvm/versions/node/*/lib/node_modules",
        "home/*/.nvm/versions/node/*/lib/node_modules",
        "var/lib/gems/*/specifications",
        "usr/local/lib/ruby/gems/*/specifications",
        "usr/local/lib/R/site-library",
        "opt/*/conda-meta",
        "root/*/conda-meta",
        "usr/local/bin",
        "lib/modules/*/updates/dkms",
        "lib/modules/*/extra",
        "nix/store",
        "home/*/.vscode/extensions",
        "home/*/.config/google-chrome/Default/Extensions",
    ]

    private static func matches(of pattern: ArraySlice<Substring>, in folder: String, _ root: RootFolder) -> [String] {
        guard let component = pattern.first else { return root.exists(folder) ? [folder] : [] }
        guard component.hasSuffix("*") else {
            return matches(of: pattern.dropFirst(), in: "\(folder)/\(component)", root)
        }
        let names = (try? root.names(in: folder)) ?? []
        return names.filter { $0.hasPrefix(component.dropLast()) }.prefix(maximumDatabasePaths).flatMap { name in
            matches(of: pattern.dropFirst(), in: "\(folder)/\(name)", root)
        }
    }
}
