import BoundedInput
import Glibc

/// What the kernel counts of the calling thread, and of the program's memory.
enum ThreadUsage {
    /// Seconds by a clock that only goes forward.
    static var time: Double { seconds(CLOCK_MONOTONIC) }

    /// Seconds of processor time of the calling thread.
    static var processorTime: Double { seconds(CLOCK_THREAD_CPUTIME_ID) }

    /// Bytes that the calling thread read so far; `nil` when the kernel does not count them.
    static var bytesRead: Int? { number(after: "rchar:", in: "/proc/thread-self/io") }

    /// Seconds that the calling thread was ready to run and others did; `nil` when the kernel does not count them.
    ///
    /// - Source: <https://docs.kernel.org/scheduler/sched-stats.html>: the second number, in nanoseconds.
    static var waited: Double? {
        let fields = text("/proc/thread-self/schedstat").split(whereSeparator: \.isWhitespace)
        return fields.count >= 2 ? Double(fields[1]).map { $0 / 1e9 } : nil
    }

    /// Most bytes of memory that the program held since ``forgetPeak()``; `nil` when the kernel does not say.
    static var peakMemory: Int? { number(after: "VmHWM:", in: "/proc/self/status").map { $0 << 10 } }

    /// Begins the peak anew. Where that is refused, the peak is that of the program's whole life.
    ///
    /// - Source: proc_pid_clear_refs(5)
    static func forgetPeak() {
        let file = open("/proc/self/clear_refs", O_WRONLY | O_CLOEXEC)
        guard file >= 0 else { return }
        _ = write(file, "5", 1)
        close(file)
    }

    /// The number of a line "label:   1234 kB".
    static func number(after label: String, inText text: String) -> Int? {
        for line in text.split(separator: "\n") where line.hasPrefix(label) {
            let fields = line.dropFirst(label.count).split(whereSeparator: \.isWhitespace)
            return fields.first.flatMap { Int($0) }.flatMap { (0...Int.max >> 10).contains($0) ? $0 : nil }
        }
        return nil
    }

    private static func number(after label: String, in path: String) -> Int? {
        number(after: label, inText: text(path))
    }

    private static func text(_ path: String) -> String {
        String(decoding: (try? BoundedFile.read(path, limit: 64 << 10)) ?? [], as: UTF8.self)
    }

    private static func seconds(_ clock: clockid_t) -> Double {
        var time = timespec()
        clock_gettime(clock, &time)
        return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
    }
}
