/// How long requests took lately, apart by their size.
struct LatencyWindow: Sendable {
    private var samples: [[Duration]] = Array(repeating: [], count: 3)
    private var next = [0, 0, 0]

    /// Samples kept of each size, and those without which nothing is said.
    static let length = 128
    static let least = 16

    /// Takes a sample.
    ///
    /// - Parameter packages: How many were asked about.
    mutating func note(_ duration: Duration, packages: Int) {
        let size = Self.size(packages)
        if samples[size].count < Self.length {
            samples[size].append(duration)
        } else {
            samples[size][next[size]] = duration
            next[size] = (next[size] + 1) % Self.length
        }
    }

    /// The duration that this share of like requests did not exceed; `nil` while too little is known.
    func quantile(_ share: Double, packages: Int) -> Duration? {
        let known = samples[Self.size(packages)]
        guard known.count >= Self.least else { return nil }
        let place = Int((Double(known.count - 1) * min(1, max(0, share))).rounded(.up))
        return known.sorted()[place]
    }

    private static func size(_ packages: Int) -> Int { packages < 16 ? 0 : packages < 128 ? 1 : 2 }
}
