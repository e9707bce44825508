/// What the configuration says of answers.
struct ResponderSettings: Sendable {
    let exposesMetrics: Bool
    let secret: BearerSecret?
    let cacheSeconds: Int?

    init(_ configuration: VerdictServerConfiguration) {
        exposesMetrics = configuration.exposesMetrics
        secret = configuration.secret.map(BearerSecret.init)
        cacheSeconds = configuration.cacheSeconds
    }
}

/// A word that both sides know.
struct BearerSecret: Sendable {
    private let expected: [UInt8]

    init(_ secret: String) { expected = Array("Bearer \(secret)".utf8) }

    /// Whether the header says it; takes as long for a wrong word as for the right one of that length.
    func matches(_ authorization: String) -> Bool {
        let given = Array(authorization.utf8)
        guard given.count == expected.count else { return false }
        var difference: UInt8 = 0
        for (left, right) in zip(given, expected) { difference |= left ^ right }
        return difference == 0
    }
}
