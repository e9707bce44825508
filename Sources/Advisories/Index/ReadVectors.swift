import Scoring

/// What the CVSS vectors of an index under construction come to, each text read once however many advisories state it.
struct ReadVectors: Sendable {
    /// A vector that could be read.
    struct Reading: Sendable {
        let version: CVSSVersion
        let score: Double
        let severity: Severity
    }

    private let readings: [Reading?]
    /// Places among the readings by text number, "none" for texts that are no vectors.
    private let places: [UInt32]

    /// Reads the vectors of all statements, on all cores.
    init(_ pending: GatheredAdvisories) {
        let texts = pending.texts
        var places = [UInt32](repeating: IndexFormat.none, count: texts.count)
        var vectors: [UInt32] = []
        for statement in pending.severities where statement.vector != IndexFormat.none {
            guard places[Int(statement.vector)] == IndexFormat.none else { continue }
            places[Int(statement.vector)] = UInt32(vectors.count)
            vectors.append(statement.vector)
        }
        readings = parallelMap(count: vectors.count) { [vectors] index -> Reading? in
            guard let vector = try? CVSSVector(texts.string(vectors[index])) else { return nil }
            return Reading(version: vector.version, score: vector.score, severity: vector.severity)
        }
        self.places = places
    }

    /// The readings lent for the length of a call.
    struct View {
        fileprivate let readings: UnsafeBufferPointer<Reading?>
        fileprivate let places: UnsafeBufferPointer<UInt32>

        /// What a vector says, by its text's number; `nil` for a text that is none.
        subscript(vector: UInt32) -> Reading? {
            let place = places[Int(vector)]
            return place == IndexFormat.none ? nil : readings[Int(place)]
        }
    }

    /// Lends the readings.
    func withView<Result>(_ body: (View) -> Result) -> Result {
        readings.withUnsafeBufferPointer { readings in
            places.withUnsafeBufferPointer { body(View(readings: readings, places: $0)) }
        }
    }
}
