import Advisories
import Versioning

/// A verdict as numbers of one index: made without a string and without memory of its own. The index that gave it turns it into words.
public struct CompactVerdict: Sendable, Hashable {
    /// The vulnerability's number in the index that answered; ascending numbers are ascending ids.
    public let vulnerability: UInt32
    /// Place of the name in the index.
    let name: UInt32
    /// Place of the group that answered.
    let group: UInt32
    /// Place of the repaired version among the name's, or "none".
    let fix: UInt32
    let code: ReasonCode
    /// How sure it is that the statement speaks of this very package.
    public let confidence: Confidence

    /// Whether the package version is exposed: `affected` or `undetermined`.
    public var status: VerdictStatus { code.status }

    /// A short machine word, see ``VerdictReason``.
    public var reason: String { code.word }

    /// Whether a version that repairs it is known in this scope.
    public var hasFix: Bool { fix != IndexFormat.none }

    /// Whether it speaks of a kernel that is installed while another one runs.
    public var isOfRestingKernel: Bool { code == .kernelNotRunning }
}

/// A reusable place for the answers to one question after another: it keeps its memory, so that a caller with many packages allocates once.
public struct CompactVerdicts: ~Copyable, Sendable {
    /// The answers since the last ``removeAll()``, in the order of the questions, within each ascending by vulnerability.
    public internal(set) var records: [CompactVerdict] = []
    /// The key of the version asked about.
    var key = KeyBuffer()

    /// An empty place.
    public init() {}

    /// Forgets the answers and keeps the memory.
    public mutating func removeAll() { records.removeAll(keepingCapacity: true) }
}

extension ReasonCode {
    /// The answer.
    var status: VerdictStatus {
        if isAffected { return .affected }
        if isUndetermined { return .undetermined }
        return self == .fixedVersion ? .fixed : .notAffected
    }

    /// The machine word.
    var word: String {
        switch self {
        case .inRange: VerdictReason.inRange
        case .listedVersion: VerdictReason.listedVersion
        case .noFixYet: VerdictReason.noFixYet
        case .noFixPlanned: VerdictReason.noFixPlanned
        case .endOfLife: VerdictReason.endOfLife
        case .publisherUndetermined: VerdictReason.publisherUndetermined
        case .unparsableVersion: VerdictReason.unparsableVersion
        case .unparsableBound: VerdictReason.unparsableBound
        case .noVersionRange: VerdictReason.noVersionRange
        case .fixedVersion: VerdictReason.fixedVersion
        case .outOfRange: VerdictReason.outOfRange
        case .publisherNotAffected: VerdictReason.publisherNotAffected
        case .informational: VerdictReason.informational
        case .withdrawn: VerdictReason.withdrawn
        case .platformUnknown: VerdictReason.platformUnknown
        case .kernelNotRunning: VerdictReason.kernelNotRunning
        case .headersOnly: VerdictReason.headersOnly
        case .kernelTools: VerdictReason.kernelTools
        case .otherModuleStream: VerdictReason.otherModuleStream
        case .otherBuild: VerdictReason.otherBuild
        case .otherArchitecture: VerdictReason.otherArchitecture
        case .otherProduct: VerdictReason.otherProduct
        case .otherPlatform: VerdictReason.otherPlatform
        }
    }
}
