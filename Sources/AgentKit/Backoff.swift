/// How long to rest after failures: doubling from one second up to five minutes, with full jitter, so that agents which lost the
/// same server at the same moment do not come back at the same moment.
///
/// - Source: <https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/>
struct Backoff: Sendable {
    private(set) var failures = 0

    static let base = 1.0
    static let ceiling = 300.0

    /// The rest after one more failure, in seconds.
    mutating func next(using generator: inout some RandomNumberGenerator) -> Double {
        let limit = min(Self.ceiling, Self.base * Double(1 << min(failures, 16)))
        failures += 1
        // Never under a tenth, or a lucky draw would hammer a server that is down.
        return Double.random(in: limit / 10...limit, using: &generator)
    }

    mutating func reset() { failures = 0 }

    /// How long an agent that is enrolled rests when it starts, in seconds: up to a tenth of its period, and half a minute at most. A site that gets its power
    /// back, or a host of many virtual machines, starts all of them in the same second.
    static func restAtStart(period: Int, using generator: inout some RandomNumberGenerator) -> Double {
        Double.random(in: 0...Double(min(period, 300)) / 10, using: &generator)
    }

    /// A period spread by a tenth either way.
    static func jittered(_ seconds: Int, using generator: inout some RandomNumberGenerator) -> Double {
        Double(seconds) * Double.random(in: 0.9...1.1, using: &generator)
    }
}
