import BoundedInput
import Inventory
import PackageIdentity

/// Facts about the host: os-release(5), name, kernel.
struct OperatingSystemCollector: DatabaseCollector {
    /// In the order os-release(5) demands.
    static let releaseFiles = ["/etc/os-release", "/usr/lib/os-release"]

    func collect(from root: RootFolder, into findings: inout Findings) {
        findings.host.os = operatingSystem(root, &findings)
        if let running = RunningSystem(root: root) {
            findings.host.hostname = running.hostname
            findings.host.kernelRelease = running.kernelRelease
            findings.host.architecture = running.architecture
            findings.host.bootTime = running.bootTime
        } else {
            findings.host.hostname = hostname(root)
        }
    }

    private func operatingSystem(_ root: RootFolder, _ findings: inout Findings) -> OperatingSystem? {
        for path in Self.releaseFiles {
            do {
                let bytes = try root.read(path, limit: 64 * 1024)
                return OperatingSystem(osRelease: String(decoding: bytes, as: UTF8.self))
            } catch {
                if !error.isMissing { findings.warn(path, "\(error.reason)") }
            }
        }
        findings.warn(Self.releaseFiles[0], "no os-release: the distribution is unknown")
        return nil
    }

    /// The first line that says something, as hostname(5) has it.
    private func hostname(_ root: RootFolder) -> String {
        let bytes = (try? root.read("/etc/hostname", limit: 4096)) ?? []
        let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline)
        return lines.first { !$0.hasPrefix("#") }.map(String.init) ?? ""
    }
}
