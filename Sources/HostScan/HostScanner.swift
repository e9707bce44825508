import BoundedInput
import Glibc
import Inventory

/// Takes the inventory of a filesystem root.
public struct HostScanner: Sendable {
    /// Path of the folder that stands for "/".
    public let root: String

    /// - Parameter root: "/" for the running system, or the folder of an unpacked image.
    public init(root: String = "/") {
        self.root = root
    }

    /// Reads the whole root: package databases first, then one walk over the tree.
    ///
    /// Works synchronously, about a second of one core and 30 MB for a server of 1,000 packages and 500,000 files; call it where
    /// that may block. Nothing outside the root is read, except what the kernel says when the root is the running system's.
    ///
    /// - Parameters:
    ///   - progress: Told in a few words what goes on, a handful of times.
    ///   - isToGoOn: Asked before every folder and every file that is read, and allowed to take its time: so a scan is paced. `false` ends the scan.
    /// - Returns: Packages, places, host and warnings; the same for the same tree. A root that cannot be opened gives an empty
    ///   report with a warning.
    /// - Throws: `CancellationError` when it was told to end.
    public func scan(
        progress: (String) -> Void = { _ in }, isToGoOn: @escaping () -> Bool = { !Task.isCancelled }
    ) throws(CancellationError) -> ScanReport {
        var findings = Findings()
        let steps = ScanSteps(isToGoOn)
        do {
            let root = try RootFolder(path: root, steps: steps)
            progress("package databases")
            for collector in Collectors.databases { collector.collect(from: root, into: &findings) }
            progress("\(findings.places.count) packages in databases; walking the tree")
            let folders = walk(root, into: &findings)
            progress("\(findings.places.count) packages, \(folders) folders")
        } catch {
            findings.warn("/", "\(error)")
        }
        if !steps.next() { throw CancellationError() }
        return findings.report()
    }

    private func walk(_ root: RootFolder, into findings: inout Findings) -> Int {
        let skipped = SkippedFolders(foreign: MountTable.foreignFolders(root: absoluteRoot))
        let visitor = FileCollectorVisitor(findings: findings)
        var walk = FolderWalk(root: root, skipped: skipped, visitor: visitor)
        let folders = walk.run()
        findings = visitor.findings
        return folders
    }

    /// The root without symbolic links, as the mount table names it.
    private var absoluteRoot: String {
        guard let path = realpath(root, nil) else { return root }
        defer { free(path) }
        return String(cString: path)
    }
}
