import BoundedInput
import Inventory
import PackageIdentity

/// Packages that apk knows: `installed`, in the folder that moved with the merge of `/lib` into `/usr/lib`.
struct ApkCollector: DatabaseCollector {
    static let installedFiles = ["/lib/apk/db/installed", "/usr/lib/apk/db/installed"]

    /// Most bytes of the database; 2,000 packages need some 20 MB.
    static let limit = 256 << 20

    func collect(from root: RootFolder, into findings: inout Findings) {
        var seen: [PositionedFile.Facts] = []
        var architectures: [String: Int] = [:]
        for path in Self.installedFiles {
            do {
                let file = try root.openFile(path)
                let facts = try PositionedFile(file).facts
                // One of the folders is a link to the other where the merge is done.
                if seen.contains(where: facts.isSameFile) { continue }
                seen.append(facts)
                guard facts.size <= Self.limit else { throw FileReadError.Reason.tooLarge(limit: Self.limit) }
                try read(file, at: path, &architectures, into: &findings)
            } catch let error as FileReadError {
                if !error.isMissing { findings.warn(path, "\(error.reason)") }
            } catch {
                findings.warn(path, "\(error)")
            }
        }
        findings.noteArchitectures(architectures)
    }

    private func read(
        _ file: Descriptor, at path: String, _ architectures: inout [String: Int], into findings: inout Findings
    ) throws {
        let distribution = findings.host.os.flatMap { DistributionName($0, for: .apk) }
        var lines = LineReader(descriptor: file.number, limit: ApkInstalledReader.maximumLine)
        var reader = ApkInstalledReader()
        defer {
            findings.ownedFiles.formUnion(reader.ownedFiles)
            for fault in reader.faults { findings.warn(path, fault) }
        }
        var isAtEnd = false
        while !isAtEnd {
            let record: ApkRecord?
            switch try lines.next() {
            case .line(let text): record = reader.take(text)
            case .tooLong: record = reader.take(nil)
            case nil:
                record = reader.end()
                isAtEnd = true
            }
            guard let record else { continue }
            if !record.architecture.isEmpty, record.architecture != "noarch" {
                architectures[record.architecture, default: 0] += 1
            }
            findings.add(at: path) { () throws(PackageURLError) in try record.packageURL(distribution) }
        }
    }
}
