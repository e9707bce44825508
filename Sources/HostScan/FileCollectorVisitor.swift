import BoundedInput

/// Hands the files of the walk to the collectors that want them.
final class FileCollectorVisitor: FolderVisitor {
    private(set) var findings: Findings
    private let isRemembering: Bool
    /// Owned files that were not needed yet: where nothing changed they never are.
    private var unreadOwnedFiles: UnsafeRawBufferPointer?
    /// Whether a memory turned out to be damaged where that could not be said.
    private(set) var isDamaged = false

    /// - Parameters:
    ///   - findings: What the databases gave; its owned files are left out.
    ///   - isRemembering: Whether it is to be taken down what each file gave.
    ///   - ownedFiles: Owned files of a memory, in place of those of the findings.
    init(findings: Findings, isRemembering: Bool = false, ownedFiles: UnsafeRawBufferPointer? = nil) {
        self.findings = findings
        self.isRemembering = isRemembering
        unreadOwnedFiles = ownedFiles
    }

    func interest(in name: FileName, in folder: String) -> FileInterest {
        guard let collector = Collectors.collector(for: name, in: { folder }) else { return .none }
        readOwnedFiles()
        if collector.readsOwnedFiles || findings.ownedFiles.isEmpty { return collector.interest }
        return findings.ownedFiles.contains("\(folder)/\(name.text)") ? .none : collector.interest
    }

    func visit(_ file: Descriptor, name: FileName, in folder: String) -> [UInt8]? {
        guard let collector = Collectors.collector(for: name, in: { folder }) else { return nil }
        findings.journal = isRemembering ? Journal() : nil
        collector.read(file, at: "\(folder)/\(name.text)", into: &findings)
        defer { findings.journal = nil }
        return findings.journal.flatMap { $0.hasWarnings || $0.isCutOff ? nil : $0.bytes }
    }

    func replay(_ journal: UnsafeRawBufferPointer) throws(DamagedMemory) {
        try Journal.replay(journal, into: &findings)
    }

    func warn(_ path: String, _ reason: String) {
        findings.warn(path, reason)
    }

    private func readOwnedFiles() {
        guard let unread = unreadOwnedFiles else { return }
        unreadOwnedFiles = nil
        do { findings.ownedFiles = try OwnedFiles(unread) } catch { isDamaged = true }
    }
}
