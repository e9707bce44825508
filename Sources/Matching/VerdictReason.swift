/// The machine words a verdict or a piece of evidence gives as its reason.
///
/// They are plain text on the wire so that readers survive new ones.
public enum VerdictReason {
    /// The version lies in an affected range, and a repair exists.
    public static let inRange = "in_range"
    /// The advisory lists exactly this version.
    public static let listedVersion = "listed_version"
    /// Affected, and no repaired version is known in this scope.
    public static let noFixYet = "no_fix_yet"
    /// Affected, and the publisher will not repair it in this scope.
    public static let noFixPlanned = "no_fix_planned"
    /// Affected, and the scope is no longer supported.
    public static let endOfLife = "end_of_life"
    /// The version is at or above the repaired one.
    public static let fixedVersion = "fixed_version"
    /// The version lies in no affected range.
    public static let outOfRange = "out_of_range"
    /// The publisher says the package was never affected in this scope.
    public static let publisherNotAffected = "publisher_not_affected"
    /// The publisher has not decided yet.
    public static let publisherUndetermined = "publisher_undetermined"
    /// The package carries only headers, documentation or sources of the kernel.
    public static let headersOnly = "headers_only"
    /// The package is a user-space tool built from the kernel's source; the kernel's vulnerabilities are those of its images.
    public static let kernelTools = "kernel_tools"
    /// The package's version does not parse in its scope's ordering.
    public static let unparsableVersion = "unparsable_version"
    /// A bound of the advisory's range does not parse, so the range cannot be evaluated.
    public static let unparsableBound = "unparsable_bound"
    /// The advisory names the package without any version range that can be evaluated.
    public static let noVersionRange = "no_version_range"
    /// The advisory tells of a state of the package (RustSec's `unmaintained`, `unsound`, `notice`) and of no vulnerability.
    public static let informational = "informational"
    /// Affected, if the platform that the statement asks for beside the package is there, which nobody could check.
    public static let platformUnknown = "platform_unknown"
    /// Affected, but the kernel that is running is another one; a restart may bring this one up.
    public static let kernelNotRunning = "kernel_not_running"
    /// The advisory speaks of another module stream, or of a module where the package is of none, or the other way round.
    public static let otherModuleStream = "other_module_stream"
    /// The advisory speaks of builds apart from the distribution's own (`.cloud`, `.ksplice`), or the package is one.
    public static let otherBuild = "other_build"
    /// The advisory speaks of other architectures.
    public static let otherArchitecture = "other_architecture"
    /// The advisory speaks of another edition, language or target of the product.
    public static let otherProduct = "other_product"
    /// The advisory asks for a platform that the host does not have.
    public static let otherPlatform = "other_platform"
    /// A VEX document of the user says that the package is not affected.
    public static let vexNotAffected = "vex_not_affected"
    /// A VEX document of the user says that the package carries the repair.
    public static let vexFixed = "vex_fixed"
    /// The advisory was withdrawn or its vulnerability rejected; it never decides.
    public static let withdrawn = "withdrawn"
    /// No advisory speaks of this vulnerability for this package.
    public static let noAdvisory = "no_advisory"
    /// The index does not know this vulnerability.
    public static let unknownVulnerability = "unknown_vulnerability"
    /// The index holds no advisories for the package's scope.
    public static let scopeNotCovered = "scope_not_covered"
    /// The package URL names no version, or no scope that advisories use.
    public static let noCoordinates = "no_coordinates"
    /// The package was built outside the distribution, whose advisories speak of its own builds; see `PackageURL.foreignBuild`.
    public static let foreignBuild = "foreign_build"
    /// The index file is damaged at the place that was read; nothing it says may be believed.
    public static let damagedIndex = "damaged_index"
}
