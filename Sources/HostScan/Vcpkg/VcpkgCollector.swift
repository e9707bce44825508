import BoundedInput
import PackageIdentity

/// C and C++ libraries that vcpkg installed: `installed/vcpkg/status`, which is written as dpkg's status file is.
///
/// - Source: <https://learn.microsoft.com/vcpkg/concepts/classic-mode>
struct VcpkgCollector: FileCollector {
    private static let limit = 32 << 20

    func wants(_ name: FileName, in folder: () -> String) -> Bool {
        name.equals("status") && folder().hasSuffix("/vcpkg")
    }

    func isDistributionPlace(_ path: String, of format: PackageFormat) -> Bool { false }

    func read(_ file: Descriptor, at path: String, into findings: inout Findings) {
        findings.attempt(at: path) { findings in
            let bytes = try BoundedFile.read(descriptor: file.number, limit: Self.limit)
            let faults = DpkgStatusReader.read(bytes) { record in
                // Features of a library have records without a version.
                guard record.presence == .present, !record.package.isEmpty, !record.version.isEmpty else { return }
                findings.add(at: path) { () throws(PackageURLError) in
                    try PackageURL(type: "vcpkg", name: record.package, version: record.version)
                }
            }
            for fault in faults { findings.warn(path, "line \(fault.line): \(fault.reason)") }
        }
    }
}
