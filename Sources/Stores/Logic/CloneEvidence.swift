import Inventory

/// Whether two heartbeats of one key can come from one machine.
///
/// A machine's boot time only ever grows. It is worked out from the clock, and the clock of a machine that speaks to the server is at most
/// 300 seconds off (`proofWindow`), so two statements about one boot differ by at most twice that. When the boot time goes back by
/// more, the key is on a second machine, or the machine went back to an earlier state of its disk and memory, which is a copy as well.
package enum CloneEvidence {
    /// Seconds by which a boot time may go back for the clock's sake, with a reserve.
    package static let tolerance: Int64 = 900

    /// What speaks against one machine, for people; `nil` when nothing does.
    package static func reason(before: HeartbeatFacts, after: HeartbeatFacts) -> String? {
        guard let old = before.host.bootTime, let new = after.host.bootTime, new < old else { return nil }
        // Who holds a key may say any number of 64 bits.
        let (difference, isTooLarge) = old.subtractingReportingOverflow(new)
        let back = isTooLarge ? .max : difference
        guard back > tolerance else { return nil }
        return
            "one key on two machines: boot time went back by \(back) s (\(before.host.hostname), \(after.host.hostname))"
    }
}
