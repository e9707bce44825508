import BoundedInput
import Glibc
import Inventory

/// One scan from its root to its report, by what an earlier one left or without it.
struct ScanRun {
    /// Path of the folder that stands for "/".
    let root: String
    /// Mount points to leave out, as seen from inside the root.
    let foreign: Set<String>
    /// Seconds since 1970; `nil` when nothing is to be remembered.
    let now: Int64?
    let progress: (String) -> Void

    /// - Parameter known: A ``ScanMemory``.
    func scan(steps: ScanSteps, knowing known: [UInt8]?) -> (report: ScanReport, memory: [UInt8]?) {
        do {
            let root = try RootFolder(path: root, steps: steps)
            if let known, let now, let result = known.withUnsafeBytes({ repeated(root, knowing: $0, now: now) }) {
                return result
            }
            return full(root)
        } catch {
            var findings = Findings()
            findings.warn("/", "\(error)")
            return (findings.report(), nil)
        }
    }

    /// Reads everything.
    private func full(_ root: RootFolder) -> (report: ScanReport, memory: [UInt8]?) {
        var root = root
        root.trace = now.map(OpenTrace.init)
        var findings = Findings()
        findings.journal = now.map { _ in Journal() }
        progress("package databases")
        for collector in Collectors.databases { collector.collect(from: root, into: &findings) }
        let journal = findings.journal
        findings.journal = nil
        let trace = root.trace
        root.trace = nil
        progress("\(findings.places.count) packages in databases; walking the tree")
        let visitor = FileCollectorVisitor(findings: findings, isRemembering: now != nil)
        var walk = FolderWalk(
            root: root, skipped: SkippedFolders(foreign: foreign), visitor: visitor, remembering: now)
        // Without a memory there is none to be damaged.
        let folders = (try? walk.run()) ?? 0
        progress("\(visitor.findings.places.count) packages, \(folders) folders")
        let report = visitor.findings.report()
        guard let now, let setting = setting(of: root, now: now), let tree = walk.memory, let trace, trace.isComplete,
            let journal, !journal.isCutOff, visitor.findings.isComplete
        else { return (report, nil) }
        let databases = Self.encode(trace, journal, findings)
        return (report, ScanMemory.encode(setting, madeAt: now, databases: databases, tree: tree))
    }

    /// - Returns: `nil` when the memory is of no use.
    private func repeated(
        _ root: RootFolder, knowing bytes: UnsafeRawBufferPointer, now: Int64
    ) -> (report: ScanReport, memory: [UInt8]?)? {
        do throws(DamagedMemory) {
            let memory = try ScanMemory(bytes)
            guard memory.setting == setting(of: root, now: now),
                (0..<ScanMemory.lifetime).contains(now &- memory.madeAt)
            else { return nil }
            var opened = MemoryReader(memory.opened)
            guard try OpenTrace.isUnchanged(&opened, in: root) else { return nil }
            var findings = Findings()
            // What the kernel says is asked for each time.
            OperatingSystemCollector().collect(from: root, into: &findings)
            try Journal.replay(memory.journal, into: &findings)
            if findings.host.architecture.isEmpty { findings.host.architecture = memory.architecture }
            progress("package databases are what they were")
            let visitor = FileCollectorVisitor(
                findings: findings, isRemembering: true, ownedFiles: memory.ownedFiles)
            var walk = FolderWalk(
                root: root, skipped: SkippedFolders(foreign: foreign), visitor: visitor, remembering: now)
            let folders = try walk.run(knowing: memory.tree)
            guard !visitor.isDamaged else { return nil }
            progress("\(visitor.findings.places.count) packages, \(folders) folders")
            let report = visitor.findings.report()
            guard let tree = walk.memory, visitor.findings.isComplete else { return (report, nil) }
            let next = ScanMemory.encode(
                memory.setting, madeAt: memory.madeAt, databases: Array(memory.databases), tree: tree)
            return (report, next)
        } catch {
            return nil
        }
    }

    /// `nil` when something of it is not known for sure.
    private func setting(of root: RootFolder, now: Int64) -> ScanMemory.Setting? {
        var program = stat()
        guard stat("/proc/self/exe", &program) == 0, let folder = FileFacts(descriptor: root.descriptor.number) else {
            return nil
        }
        let facts = FileFacts(program).settled(now: now)
        return facts == .none
            ? nil : ScanMemory.Setting(program: facts, root: folder, foreign: foreign.sorted())
    }

    private static func encode(_ trace: OpenTrace, _ journal: Journal, _ findings: Findings) -> [UInt8] {
        var bytes: [UInt8] = []
        var opened: [UInt8] = []
        trace.append(to: &opened)
        bytes.append(sized: opened)
        bytes.append(sized: journal.bytes)
        var owned: [UInt8] = []
        findings.ownedFiles.append(to: &owned)
        bytes.append(sized: owned)
        bytes.append(sized: findings.host.architecture.utf8)
        return bytes
    }
}
