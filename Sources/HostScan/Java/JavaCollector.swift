import PackageIdentity

/// Java libraries and programs, and plugins of JetBrains' editors: archives, and the archives within them.
///
/// - Source: <https://docs.oracle.com/en/java/javase/21/docs/specs/jar/jar.html>
struct JavaCollector: FileCollector {
    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        JavaArchive.endings.contains(where: name.hasSuffix)
    }

    /// Debian and Fedora name every library twice or more by links.
    var interest: FileInterest { .fileItself }

    /// Where Debian and Fedora put Java libraries and runtimes. They build no web archives: `jenkins.war` belongs to Jenkins' own package.
    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool {
        !path.hasSuffix(".war")
            && ["/usr/share/java/", "/usr/share/maven-repo/", "/usr/lib/jvm/", "/usr/lib/java/"].contains(
                where: path.hasPrefix)
    }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let source = try ByteSource(file)
            var reader = JavaArchiveReader(path: path, size: source.count)
            reader.read(source)
            for warning in reader.warnings { findings.warn(warning.path, warning.reason) }
            for (place, plugin) in reader.plugins {
                findings.add(at: place) { () throws(PackageURLError) in
                    try PackageURL(
                        type: "generic", namespace: "jetbrains-plugin", name: plugin.id, version: plugin.version)
                }
            }
            for (place, artifact) in reader.artifacts {
                findings.add(at: place) { () throws(PackageURLError) in
                    try PackageURL(
                        type: "maven", namespace: artifact.group, name: artifact.name, version: artifact.version)
                }
            }
        }
    }
}
