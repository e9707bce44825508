import Scoring

/// What the CVSS vectors of an index under construction come to, each text read once however many advisories state it.
struct ReadVectors: Sendable {
    /// A vector that could be read.
    struct Reading: Sendable {
        let version: CVSSVersion
        let score: Double
        let severity: Severity
    }

    private let readings: [UInt32: Reading]

    /// Reads the vectors of all statements, on all cores.
    init(_ pending: GatheredAdvisories) {
        let vectors = Array(Set(pending.severities.lazy.map(\.vector).filter { $0 != IndexFormat.none }))
        let texts = pending.texts
        let read = parallelMap(count: vectors.count) { index -> Reading? in
            guard let vector = try? CVSSVector(texts.string(vectors[index])) else { return nil }
            return Reading(version: vector.version, score: vector.score, severity: vector.severity)
        }
        var readings: [UInt32: Reading] = [:]
        readings.reserveCapacity(vectors.count)
        for (vector, reading) in zip(vectors, read) { readings[vector] = reading }
        self.readings = readings
    }

    /// What a vector says, by its text's number; `nil` for a text that is none.
    subscript(vector: UInt32) -> Reading? { readings[vector] }
}
