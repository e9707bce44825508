import Inventory

/// The cost of a scan as the columns hold it: numbers of which a fleet's percentiles are made, and beside them all that was told.
package struct StoredScanCost: Sendable {
    /// Seconds of processor time.
    package let cpuSeconds: Double
    /// Seconds from start to end.
    package let wallSeconds: Double
    /// Seconds rested, over all reasons.
    package let pausedSeconds: Double
    /// Bytes; `nil` when it was not told.
    package let peakMemory: Int?
    /// JSON of everything.
    package let json: String

    /// Brings a cost into its form.
    package init(_ cost: ScanCost) throws {
        cpuSeconds = cost.cpuSeconds
        wallSeconds = cost.wallSeconds
        pausedSeconds = cost.allPausedSeconds
        peakMemory = cost.peakMemory
        json = try StoredJSON.encode(cost)
    }

    /// Reads the `cost` column; `nil` for null.
    package static func decode(_ json: String?) throws -> ScanCost? {
        try json.map { try StoredJSON.decode(ScanCost.self, $0) }
    }
}
