import BoundedInput
import PackageIdentity

/// Installed Python distributions, wherever they lie: system folders, pyenv, virtual environments, `pip install --target`,
/// bundled copies.
///
/// - Source: <https://packaging.python.org/en/latest/specifications/recording-installed-packages/>; the egg forms are those
///   of <https://setuptools.pypa.io/en/latest/deprecated/python_eggs.html>.
struct PythonCollector: FileCollector {
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        if name.equals("METADATA") {
            return isInstalled(folder(), endings: [".dist-info"])
        }
        if name.equals("PKG-INFO") {
            return isInstalled(folder(), endings: [".egg-info", "/EGG-INFO"])
        }
        if name.hasSuffix(".egg") { return true }
        // distutils wrote a single file beside the modules. Python's own library ships wsgiref.egg-info and the like in other
        // folders; those are no packages, pip leaves them out by name.
        return name.hasSuffix(".egg-info") && isInstalled(folder(), endings: ["/site-packages", "/dist-packages"])
    }

    private func isInstalled(_ folder: String, endings: [String]) -> Bool {
        guard endings.contains(where: folder.hasSuffix) else { return false }
        // pip renames what it is about to remove to "~name" and sometimes leaves it there.
        return !(folder.split(separator: "/").last?.hasPrefix("~") ?? false)
    }

    /// Debian's Python installs into `dist-packages` and private folders; a `site-packages` belongs to an interpreter or environment
    /// that came from elsewhere. Other distributions install into the `site-packages` of the interpreters in `/usr/lib` and `/usr/lib64`.
    ///
    /// - Source: <https://www.debian.org/doc/packaging-manuals/python-policy/#module-path>,
    ///   <https://docs.fedoraproject.org/en-US/packaging-guidelines/Python/>, <https://wiki.archlinux.org/title/Python_package_guidelines>
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        guard path.contains("/site-packages/") else { return true }
        guard format != .deb else { return false }
        let folders = path.split(separator: "/", maxSplits: 4)
        return folders.count == 5 && folders[0] == "usr" && (folders[1] == "lib" || folders[1] == "lib64")
            && folders[2].hasPrefix("python") && folders[3] == "site-packages"
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        var metadata: PythonMetadata
        do {
            metadata = path.hasSuffix(".egg") ? try PythonMetadata(egg: try ByteSource(file)) : try PythonMetadata(file)
        } catch {
            findings.warn(path, "\(error)")
            metadata = PythonMetadata()
        }
        let fallback = PythonMetadata(path: path)
        guard let name = metadata.name ?? fallback.name, let version = metadata.version ?? fallback.version else {
            return findings.warn(path, "neither the file nor its folder says name and version")
        }
        findings.add(at: path) { () throws(PackageURLError) in
            try PackageURL(type: "pypi", name: name, version: version)
        }
    }
}
