import BoundedInput
import CLinux
import Glibc

/// Gives back memory that a resting agent does not need.
enum ResidentMemory {
    /// Returns freed heap pages to the system, and lets go of this program's own code pages: those that the next heartbeat runs
    /// come back from the page cache one by one, the others, two thirds of them, were only needed to start, scan and connect.
    ///
    /// Only mappings that are executable and not writable are let go of: nothing ever writes there, so that what comes back is what
    /// was dropped. Read-only data is left alone, because the loader has written relocations into some of it.
    static func release() {
        malloc_trim(0)
        guard let program = readLink("/proc/self/exe"),
            let maps = try? BoundedFile.read("/proc/self/maps", limit: 1 << 20)
        else { return }
        for line in maps.split(separator: UInt8(ascii: "\n")) {
            guard let range = codeRange(String(decoding: line, as: UTF8.self), of: program) else { continue }
            madvise(UnsafeMutableRawPointer(bitPattern: range.lowerBound), range.count, MADV_DONTNEED)
        }
    }

    /// The addresses of a line of maps when it is a program's code: executable, not writable, private, of that file.
    ///
    /// - Source: proc(5), `/proc/pid/maps`.
    static func codeRange(_ line: String, of program: String) -> Range<UInt>? {
        let fields = line.split(separator: " ", maxSplits: 5, omittingEmptySubsequences: true)
        guard fields.count == 6, fields[1] == "r-xp", fields[5].drop(while: { $0 == " " }) == program else {
            return nil
        }
        let ends = fields[0].split(separator: "-").compactMap { UInt($0, radix: 16) }
        guard ends.count == 2, ends[0] < ends[1] else { return nil }
        return ends[0]..<ends[1]
    }

    private static func readLink(_ path: String) -> String? {
        withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = readlink(path, start, buffer.count)
            guard count > 0, count < buffer.count else { return nil }
            return String(decoding: buffer[..<count].map { UInt8(bitPattern: $0) }, as: UTF8.self)
        }
    }
}
