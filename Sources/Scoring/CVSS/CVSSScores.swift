/// The scores of one vector, each 0.0 to 10.0 with one decimal.
struct CVSSScores: Sendable, Hashable {
    /// From the base metrics alone.
    let base: Double
    /// With the temporal (4.0: threat) metrics; `nil` when the vector defines none of them.
    let threat: Double?
    /// With everything the vector says; `nil` when it defines no environmental metric.
    let environmental: Double?
}
