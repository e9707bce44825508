import BoundedInput
import Glibc

/// What was opened within a root, and what it was then: on this depends what was read.
final class OpenTrace {
    /// By path: the facts, or ``FileFacts/none`` for what was not there.
    private(set) var opened: [(path: String, isThere: Bool, facts: FileFacts)] = []

    /// Whether everything is known on which the outcome depends. It is not where the system refused.
    private(set) var isComplete = true

    private let now: Int64

    /// - Parameter now: Seconds since 1970.
    init(now: Int64) {
        self.now = now
    }

    /// Takes note of what a path led to.
    func note(_ path: String, descriptor: Int32) {
        let facts = FileFacts(descriptor: descriptor)?.settled(now: now) ?? .none
        isComplete = isComplete && facts != .none
        opened.append((path, true, facts))
    }

    /// Takes note of a path that led nowhere.
    func note(_ path: String, _ reason: FileReadError.Reason) {
        let isMissing = reason == .system(code: ENOENT) || reason == .system(code: ENOTDIR)
        isComplete = isComplete && isMissing
        opened.append((path, false, .none))
    }

    func append(to bytes: inout [UInt8]) {
        bytes.append(number: opened.count)
        for (path, isThere, facts) in opened {
            bytes.append(sized: path.utf8)
            bytes.append(isThere ? 1 : 0)
            facts.append(to: &bytes)
        }
    }

    /// Whether all that was opened is still what it was, and what was missing still is.
    static func isUnchanged(_ reader: inout MemoryReader, in root: RootFolder) throws(DamagedMemory) -> Bool {
        var isUnchanged = true
        var folder: (path: Substring, descriptor: Descriptor)?
        for _ in 0..<(try reader.number()) {
            let path = try reader.text()
            let isThere = try reader.part(1)[0] == 1
            let facts = try reader.facts()
            // Read on to the end of the list, which something follows.
            guard isUnchanged else { continue }
            isUnchanged = root.present(path, &folder) == (isThere ? facts : nil)
        }
        return isUnchanged
    }
}

extension RootFolder {
    /// The facts of what a path leads to; `nil` when it leads nowhere.
    ///
    /// - Parameter folder: The folder last asked for, kept open: many files of one folder are asked for in a row.
    fileprivate func present(
        _ path: String, _ folder: inout (path: Substring, descriptor: Descriptor)?
    ) -> FileFacts? {
        guard let slash = path.lastIndex(of: "/"), slash != path.startIndex else { return facts(of: path) }
        let parent = path[..<slash]
        if folder?.path != parent {
            guard let opened = try? open(folder: String(parent)) else { return facts(of: path) }
            folder = (parent, opened)
        }
        guard let folder else { return nil }
        var status = stat()
        let name = String(path[path.index(after: slash)...])
        guard fstatat(folder.descriptor.number, name, &status, AT_SYMLINK_NOFOLLOW) == 0,
            status.st_mode & S_IFMT != S_IFLNK
        else { return facts(of: path) }
        return FileFacts(status)
    }
}
