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
        progress: @escaping (String) -> Void = { _ in }, isToGoOn: @escaping () -> Bool = { !Task.isCancelled }
    ) throws(CancellationError) -> ScanReport {
        let steps = ScanSteps(isToGoOn)
        let run = ScanRun(root: root, foreign: foreignFolders, now: nil, progress: progress)
        let report = run.scan(steps: steps, knowing: nil).report
        if !steps.next() { throw CancellationError() }
        return report
    }

    /// Reads what changed since an earlier scan; gives the report that ``scan(progress:isToGoOn:)`` would.
    ///
    /// Package databases and folders are looked at, and only opened when they are not what they were (inode, size, times of change and
    /// modification); so is each file that mattered. Nobody but the kernel sets the time of change, so what can be missed is: what was changed under
    /// a clock that was put back to the earlier time, or past the file system; and files that were made executable more than an hour after they
    /// were written. A day after everything was last read, everything is read again.
    ///
    /// - Parameters:
    ///   - memory: What an earlier scan of the same root returned; `nil` reads everything. A damaged one, or one of another version of the program,
    ///     is as good as none. It is to be kept where only the program's user can write.
    ///   - now: Seconds since 1970.
    /// - Returns: The report, and the memory for the next scan, equal to the one given when nothing changed. `nil` when the next scan has to read
    ///   everything: the tree or what was found is too large, or something is not known for sure. At most some 20 MB.
    /// - Throws: As ``scan(progress:isToGoOn:)``.
    public func scan(
        knowing memory: [UInt8]?, now: Int64 = Int64(time(nil)), progress: @escaping (String) -> Void = { _ in },
        isToGoOn: @escaping () -> Bool = { !Task.isCancelled }
    ) throws(CancellationError) -> (report: ScanReport, memory: [UInt8]?) {
        let steps = ScanSteps(isToGoOn)
        let run = ScanRun(root: root, foreign: foreignFolders, now: now, progress: progress)
        let result = run.scan(steps: steps, knowing: memory)
        if !steps.next() { throw CancellationError() }
        return result
    }

    private var foreignFolders: Set<String> { MountTable.foreignFolders(root: absoluteRoot) }

    /// The root without symbolic links, as the mount table names it.
    private var absoluteRoot: String {
        guard let path = realpath(root, nil) else { return root }
        defer { free(path) }
        return String(cString: path)
    }
}
