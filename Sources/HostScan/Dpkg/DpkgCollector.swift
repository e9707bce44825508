import Inventory
import PackageIdentity

/// Packages that dpkg knows: `/var/lib/dpkg/status`, and `status.d` of images built without dpkg.
struct DpkgCollector: DatabaseCollector {
    static let statusFile = "/var/lib/dpkg/status"
    static let statusFolder = "/var/lib/dpkg/status.d"

    /// Most bytes of one status file; 1,000 packages need about 1 MB.
    static let statusLimit = 256 << 20

    func collect(from root: RootFolder, into findings: inout Findings) {
        var architectures: [String: Int] = [:]
        for path in statusFiles(root, &findings) {
            do {
                read(try root.read(path, limit: Self.statusLimit), at: path, &architectures, into: &findings)
            } catch {
                if !error.isMissing { findings.warn(path, "\(error.reason)") }
            }
        }
        findings.noteArchitectures(architectures)
        DpkgFileLists.read(from: root, into: &findings)
    }

    private func statusFiles(_ root: RootFolder, _ findings: inout Findings) -> [String] {
        var paths = [Self.statusFile]
        do {
            // Beside each record lies the list of its package's files.
            let names = try root.names(in: Self.statusFolder).filter {
                !$0.hasSuffix(".md5sums") && !$0.hasSuffix(".list")
            }
            paths += names.map { "\(Self.statusFolder)/\($0)" }
        } catch {
            if !error.isMissing { findings.warn(Self.statusFolder, "\(error.reason)") }
        }
        return paths
    }

    private func read(
        _ bytes: [UInt8], at path: String, _ architectures: inout [String: Int], into findings: inout Findings
    ) {
        let distribution = findings.host.os.flatMap { DistributionName($0, for: .deb) }
        let faults = DpkgStatusReader.read(bytes) { record in
            guard isPresent(record, at: path, &findings) else { return }
            if !record.architecture.isEmpty, record.architecture != "all" {
                architectures[record.architecture, default: 0] += 1
            }
            findings.add(at: path) { () throws(PackageURLError) in try record.packageURL(distribution) }
        }
        for fault in faults { findings.warn(path, "line \(fault.line): \(fault.reason)") }
    }

    private func isPresent(_ record: DpkgRecord, at path: String, _ findings: inout Findings) -> Bool {
        switch record.presence {
        case .absent:
            return false
        case .partial, .unknown:
            findings.warn(path, "line \(record.line): \(record.package) is in state \"\(record.status)\", left out")
            return false
        case .present where record.package.isEmpty || record.version.isEmpty:
            findings.warn(path, "line \(record.line): record without package or version")
            return false
        case .present:
            return true
        }
    }
}

extension DpkgRecord {
    /// As syft and Trivy write it: `pkg:deb/debian/libssl3@3.0.11-1?arch=amd64&distro=debian-12&upstream=openssl`.
    ///
    /// - Parameter distribution: `nil` when unknown; then the package URL names none, rather than a guess.
    func packageURL(_ distribution: DistributionName?) throws(PackageURLError) -> PackageURL {
        // Empty values are no qualifiers.
        let qualifiers = ["arch": architecture, "distro": distribution?.qualifier ?? "", "upstream": upstream ?? ""]
        return try PackageURL(
            type: "deb", namespace: distribution?.namespace, name: package, version: version,
            qualifiers: qualifiers.filter { !$0.value.isEmpty })
    }
}
