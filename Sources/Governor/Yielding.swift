import CLinux

/// Makes the calling thread the last in every queue. What it asks for is for that thread alone and ends with it.
enum Yielding {
    /// - Returns: What was granted, by the words of ``ScanCost/yields``.
    static func yieldThread() -> [String] {
        var granted: [String] = []
        if zt_nice_thread(19) == 0 { granted.append("nice") }
        // Runs when nobody else wants to; where that is refused, at least without being preferred for having slept.
        if zt_schedule_thread(zt_schedule_idle) == 0 {
            granted.append("sched_idle")
        } else if zt_schedule_thread(zt_schedule_batch) == 0 {
            granted.append("sched_batch")
        }
        if zt_io_idle_thread() == 0 { granted.append("io_idle") }
        return granted
    }

    /// Leaves the last place for the last but one, so that what has waited long enough comes to an end: nice 19 alone, a 70th of a processor
    /// beside one busy thread. Refused to those who may not raise priorities, which changes nothing.
    static func stopIdling() {
        _ = zt_schedule_thread(zt_schedule_batch)
    }
}
