import BoundedInput

/// Hands the files of the walk to the collectors that want them.
final class FileCollectorVisitor: FolderVisitor {
    private(set) var findings: Findings

    /// - Parameter findings: What the databases gave; its owned files are left out.
    init(findings: Findings) {
        self.findings = findings
    }

    func interest(in name: FileName, in folder: String) -> FileInterest {
        guard let collector = Collectors.collector(for: name, in: { folder }) else { return .none }
        if collector.readsOwnedFiles || findings.ownedFiles.isEmpty { return collector.interest }
        return findings.ownedFiles.contains("\(folder)/\(name.text)") ? .none : collector.interest
    }

    func visit(_ file: Descriptor, name: FileName, in folder: String) {
        let collector = Collectors.collector(for: name, in: { folder })
        collector?.read(file, at: "\(folder)/\(name.text)", into: &findings)
    }

    func warn(_ path: String, _ reason: String) {
        findings.warn(path, reason)
    }
}
