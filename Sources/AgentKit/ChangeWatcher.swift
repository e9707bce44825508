import CLinux
import Dispatch
import Glibc

/// Tells when package databases change, by inotify(7): no work at all while nothing does.
///
/// It is a hint and nothing more. Folders that cannot be watched, and changes that are missed, are made good by the next scan on
/// schedule.
final class ChangeWatcher: Sendable {
    /// Raised when something changed in a watched folder.
    let signal = ChangeSignal()
    // Dispatch objects may be used from any thread; their Swift types do not say so on Linux.
    private nonisolated(unsafe) let source: any DispatchSourceRead
    private let descriptor: Int32

    private static let mask = UInt32(
        IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE | IN_DELETE_SELF | IN_ONLYDIR)

    /// Watches folders; of a file given, its folder. `nil` when the kernel has no more watches to give.
    init?(paths: [String]) {
        descriptor = inotify_init1(Int32(IN_NONBLOCK | IN_CLOEXEC))
        guard descriptor >= 0 else { return nil }
        for folder in Set(paths.map(Self.folder)) { inotify_add_watch(descriptor, folder, Self.mask) }
        source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: .global(qos: .utility))
        source.setEventHandler { [descriptor, signal] in
            Self.drain(descriptor)
            signal.raise()
        }
        source.setCancelHandler { [descriptor] in close(descriptor) }
        source.resume()
    }

    /// Ends the watch.
    func stop() { source.cancel() }

    private static func folder(of path: String) -> String {
        var status = stat()
        let isFolder = stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
        guard !isFolder, let slash = path.lastIndex(of: "/") else { return path }
        return String(path[..<slash])
    }

    /// What changed does not matter, only that something did.
    private static func drain(_ descriptor: Int32) {
        withUnsafeTemporaryAllocation(byteCount: 16 << 10, alignment: 8) { buffer in
            while read(descriptor, buffer.baseAddress, buffer.count) > 0 {}
        }
    }
}
