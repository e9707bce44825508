import BoundedInput
import Glibc

/// What the kernel says about the system that runs now.
struct RunningSystem {
    let hostname: String
    let kernelRelease: String
    let architecture: String
    /// Seconds since 1970; `nil` without /proc.
    let bootTime: Int64?

    /// `nil` when `root` is not the root of the running system, of which the kernel then says nothing.
    init?(root: RootFolder) {
        guard Self.isRunningRoot(root) else { return nil }
        var names = utsname()
        guard uname(&names) == 0 else { return nil }
        hostname = Self.text(&names.nodename)
        kernelRelease = Self.text(&names.release)
        architecture = Self.text(&names.machine)
        let statistics = (try? BoundedFile.read("/proc/stat", limit: 16 << 20)) ?? []
        bootTime = Self.bootTime(statistics: String(decoding: statistics, as: UTF8.self))
    }

    /// - Parameter statistics: /proc/stat, which has a line "btime 1700000000" (proc(5)).
    static func bootTime(statistics: String) -> Int64? {
        for line in statistics.split(separator: "\n") where line.hasPrefix("btime ") {
            return Int64(line.dropFirst(6))
        }
        return nil
    }

    /// Whether `root` is the root of this program.
    static func isRunningRoot(_ root: RootFolder) -> Bool {
        var this = stat()
        var running = stat()
        guard fstat(root.descriptor.number, &this) == 0, stat("/", &running) == 0 else { return false }
        return this.st_dev == running.st_dev && this.st_ino == running.st_ino
    }

    private static func text<Field>(_ field: inout Field) -> String {
        withUnsafeBytes(of: &field) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}
