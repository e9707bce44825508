/// Latencies in buckets that are as wide as a sixty-fourth of what they hold, so that any percentile is right within 1.6 % and a million
/// requests take no more memory than ten.
///
/// - Source: the bucket layout of HdrHistogram, <http://hdrhistogram.org>
struct LatencyHistogram: Sendable {
    /// Values below `2 * Self.half` have a bucket each; above, each power of two has `half` buckets.
    private static let half = 64
    private var buckets: [Int] = []

    /// How many were recorded.
    private(set) var count = 0
    /// The longest, in microseconds.
    private(set) var maximum = 0

    /// Adds a latency; a negative one counts as none.
    mutating func record(_ latency: Duration) {
        let (seconds, attoseconds) = latency.components
        record(microseconds: Int(clamping: seconds) &* 1_000_000 &+ Int(attoseconds / 1_000_000_000_000))
    }

    /// Adds a latency in microseconds.
    mutating func record(microseconds: Int) {
        let value = min(max(0, microseconds), 1 << 40)
        let bucket = Self.bucket(of: value)
        if bucket >= buckets.count { buckets += Array(repeating: 0, count: bucket + 1 - buckets.count) }
        buckets[bucket] += 1
        count += 1
        maximum = max(maximum, value)
    }

    /// The latency in microseconds that this share of all stays within; 0 when there are none.
    ///
    /// - Parameter share: Above 0, up to 1.
    func percentile(_ share: Double) -> Int {
        guard count > 0 else { return 0 }
        var left = Int((share * Double(count)).rounded(.up))
        for (bucket, number) in buckets.enumerated() {
            left -= number
            if left <= 0 { return min(Self.upperBound(of: bucket), maximum) }
        }
        return maximum
    }

    private static func bucket(of value: Int) -> Int {
        let width = Int.bitWidth - value.leadingZeroBitCount
        // A value of eight bits or more is looked at by its seven highest.
        let shift = max(0, width - 7)
        return shift * half + (value >> shift)
    }

    /// The largest value of a bucket.
    private static func upperBound(of bucket: Int) -> Int {
        guard bucket >= 2 * half else { return bucket }
        let shift = bucket / half - 1
        return ((bucket - shift * half + 1) << shift) - 1
    }
}
