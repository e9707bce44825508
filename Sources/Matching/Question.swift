import PackageIdentity

/// A question for an explanation, and the wording of its answers.
struct Question {
    let package: PackageURL?
    var coordinates: AdvisoryCoordinates?
    /// The id asked for, then the canonical id once it is known.
    var vulnerability: String
    let indexDigest: String

    /// Answers.
    ///
    /// - Parameters:
    ///   - fix: The version that repairs.
    ///   - elsewhere: Repairs in other releases or for other architectures.
    ///   - repair: The repaired version that the installed one is at or above.
    func answer(
        _ status: VerdictStatus, _ reason: String, fix: String? = nil, elsewhere: [FixElsewhere] = [],
        repair: String? = nil, urgency: String? = nil, confidence: Confidence = .exact, precedence: String? = nil,
        evidence: [Evidence] = []
    ) -> Explanation {
        let source = evidence.first { $0.decided }.map { " (\($0.feed): \($0.advisory))" } ?? ""
        let note = urgency == "unimportant" ? " The distribution sees no security impact." : ""
        let others =
            elsewhere.isEmpty ? "" : " Repaired elsewhere: \(elsewhere.map(Self.place).joined(separator: ", "))."
        let predicate = predicate(status, reason, fix: fix, repair: repair)
        return Explanation(
            purl: package?.description ?? "", coordinates: coordinates, vulnerability: vulnerability, status: status,
            reason: reason,
            fixedVersion: fix, fixesElsewhere: elsewhere.isEmpty ? nil : elsewhere, confidence: confidence,
            precedence: precedence, sentence: "\(subject) \(predicate)\(source).\(note)\(others)", evidence: evidence,
            indexDigest: indexDigest)
    }

    private static func place(_ fix: FixElsewhere) -> String {
        let architectures = fix.architectures.isEmpty ? "" : " on \(fix.architectures.joined(separator: ", "))"
        return "\(fix.version) in \(fix.scope)\(architectures)"
    }

    private var subject: String {
        guard let coordinates else { return package?.description ?? "the package" }
        let name = package?.name ?? coordinates.name
        // Elsewhere advisories only spell the name in their own way: a product key, a folded one.
        let isDistribution = package.map { ["deb", "rpm", "apk", "alpm"].contains($0.type) } ?? false
        let source = coordinates.name == name || !isDistribution ? "" : " of source \(coordinates.name)"
        return "\(name)\(source) \(coordinates.version) in \(coordinates.scope)"
    }

    private func predicate(_ status: VerdictStatus, _ reason: String, fix: String?, repair: String?) -> String {
        switch status {
        case .affected: "is affected by \(vulnerability); \(remedy(reason, fix: fix))"
        case .fixed: "carries the repair of \(vulnerability)\(repair.map { ", made in \($0)" } ?? "")"
        case .notAffected: "is not affected by \(vulnerability): \(cause(reason))"
        case .undetermined: "may or may not be affected by \(vulnerability): \(cause(reason))"
        }
    }

    private func remedy(_ reason: String, fix: String?) -> String {
        let condition =
            switch reason {
            case VerdictReason.platformUnknown:
                "it is if the product is as the advisory asks, which nobody could check; "
            case VerdictReason.kernelNotRunning: "another kernel is running; "
            default: ""
            }
        if let fix { return "\(condition)\(fix) repairs it" }
        switch reason {
        case VerdictReason.endOfLife: return "the scope is no longer supported and no repair will come"
        case VerdictReason.noFixPlanned: return "the publisher does not plan a repair in this scope"
        default: return "\(condition)no repaired version is known in this scope"
        }
    }

    /// What a package is that is built from the kernel's source and yet is no kernel.
    static func exemptionText(_ reason: String) -> String {
        reason == VerdictReason.kernelTools
            ? "is a user-space tool, and advisories of the kernel speak of its images"
            : "carries only kernel headers, documentation, sources or build files"
    }

    private func cause(_ reason: String) -> String {
        switch reason {
        case VerdictReason.outOfRange: "its version is in no affected range"
        case VerdictReason.publisherNotAffected: "the publisher says it never was"
        case VerdictReason.publisherUndetermined: "the publisher has not decided yet"
        case VerdictReason.headersOnly, VerdictReason.kernelTools: "it " + Self.exemptionText(reason)
        case VerdictReason.informational: "the advisory only informs of the package's state"
        case VerdictReason.otherModuleStream: "the advisories speak of other module streams"
        case VerdictReason.otherBuild: "the advisories speak of other builds of it"
        case VerdictReason.otherArchitecture: "the advisories speak of other architectures"
        case VerdictReason.otherProduct:
            "the advisories speak of another edition of the product, or its CPE name is not known"
        case VerdictReason.otherPlatform: "the platform that the advisories ask for is not there"
        case VerdictReason.unparsableVersion: "its version does not parse"
        case VerdictReason.unparsableBound: "a bound of the advisory's range does not parse"
        case VerdictReason.noVersionRange: "the advisory gives no version range"
        case VerdictReason.withdrawn: "every advisory that said so was withdrawn"
        case VerdictReason.noAdvisory: "no advisory says so"
        case VerdictReason.unknownVulnerability: "no feed speaks of it"
        case VerdictReason.scopeNotCovered: "the index has no advisories for this scope"
        case VerdictReason.foreignBuild:
            "it was built by \(package?.foreignBuild ?? "others"), and the distribution's advisories speak of its own builds"
        case VerdictReason.noCoordinates: "the package URL names no version or no scope that advisories use"
        case VerdictReason.damagedIndex: "the advisory index is damaged"
        default: reason
        }
    }
}
