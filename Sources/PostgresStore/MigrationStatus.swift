/// How far a database is, seen from this program.
public struct MigrationStatus: Sendable, Hashable {
    /// The newest migration that was run; 0 before the first.
    public let version: Int
    /// The newest migration that this program knows.
    public let supported: Int
    /// The oldest program, by its newest migration, that can work with the database.
    public let requires: Int
    /// Names of the migrations that this program would run, in their order.
    public let pending: [String]
    /// Names of those that take away what a program uses that is connected now: they are run once it has ended.
    public let waiting: [String]

    /// Whether a newer program took away what this one uses.
    public var isTooNew: Bool { requires > supported }
}
