/// What a statement, or all statements on a vulnerability together, come to for a version. The numbers stand in index files and never
/// change meaning; those from 64 on are given only by a reader.
package enum ReasonCode: UInt8, Sendable, CaseIterable {
    /// Affected: in a range, and a repair exists.
    case inRange = 1
    /// Affected: named one by one.
    case listedVersion = 2
    /// Affected, no repair known.
    case noFixYet = 3
    /// Affected, no repair planned.
    case noFixPlanned = 4
    /// Affected, no longer supported.
    case endOfLife = 5
    /// The publisher has not decided.
    case publisherUndetermined = 16
    /// The package's version does not parse.
    case unparsableVersion = 17
    /// A bound of the advisory does not parse.
    case unparsableBound = 18
    /// There is no range to evaluate.
    case noVersionRange = 19
    /// At or above a repair.
    case fixedVersion = 32
    /// In no affected range, and not because of a repair.
    case outOfRange = 48
    /// The publisher says the package was never affected.
    case publisherNotAffected = 49
    /// Withdrawn or rejected.
    case withdrawn = 50
    /// The advisory only informs.
    case informational = 51
    /// Affected, if the platform is there.
    case platformUnknown = 64
    /// Affected, but another kernel is running.
    case kernelNotRunning = 65
    /// Headers, documentation or sources of the kernel.
    case headersOnly = 70
    /// A tool built from the kernel's source.
    case kernelTools = 71
    /// Another module stream.
    case otherModuleStream = 66
    /// A build apart from the distribution's own, or the other way round.
    case otherBuild = 72
    /// Another architecture.
    case otherArchitecture = 67
    /// Another edition of the product.
    case otherProduct = 68
    /// The platform is not there.
    case otherPlatform = 69

    /// Whether it means "affected".
    package var isAffected: Bool { rawValue < 16 || self == .platformUnknown || self == .kernelNotRunning }
    /// Whether it means "undetermined".
    package var isUndetermined: Bool { (16..<32).contains(rawValue) }
}
