import Foundation

/// How long rests between tries are: longer and longer, with chance in them, so that what failed together does not come back together.
struct RetrySchedule: Sendable {
    /// Before the second try.
    var first = 5.0
    /// How much longer each is than the one before.
    var factor = 5.0
    /// Longest rest: half a day.
    var longest = 43_200.0
    /// Tries in all; with the rests above they take three days.
    var attempts = 12

    /// Seconds before the next try; `nil` when there is none.
    ///
    /// - Parameters:
    ///   - attempt: The one that failed, from 1.
    ///   - chance: 0..<1. The rest is between three quarters and five quarters of the plan.
    func rest(after attempt: Int, chance: Double) -> TimeInterval? {
        guard attempt < attempts else { return nil }
        var rest = first
        for _ in 1..<max(attempt, 1) where rest < longest { rest *= factor }
        return min(rest, longest) * (0.75 + chance / 2)
    }
}
