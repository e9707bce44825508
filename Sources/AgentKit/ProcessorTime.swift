import Glibc

/// Time of processors that a process used.
enum ProcessorTime {
    /// What this process used since it started, all its threads together.
    static func ofThisProcess() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
