import Advisories
import PackageIdentity

/// Which statements speak of a package, by all that is known of it, and what they come to.
///
/// The rules for modules of RPM distributions: a statement on a stream speaks of packages of that stream. Of a package whose release holds
/// `.module` and whose stream nobody states, it speaks when the package's version begins with the same number as the repaired one, as
/// streams of one package differ there. A statement whose versions hold `.module` but that names no stream is read in the same way. A
/// package without `.module` is not spoken of by either, and one with it not by statements whose versions are of no module. In the same way
/// a build apart from the distribution's own (`.cloud`, `.ksplice`) is spoken of by statements on such builds alone.
struct Hearing {
    let reader: IndexReader
    let name: NameRecord
    let context: MatchContext
    /// The package's version as stated.
    let version: String

    /// Whether a statement speaks of the package.
    enum Standing: Equatable {
        case speaks
        /// Nobody could check all that it asks for.
        case maySpeak
        case silent(ReasonCode)
    }

    /// A statement with its standing.
    struct Heard {
        let statement: Statement
        let deciding: DecidingStatement
        let standing: Standing

        /// Whether it may take part in a decision.
        var isHeard: Bool {
            if case .silent = standing { return false }
            return !statement.isWithdrawn
        }
    }

    /// What all of them come to.
    struct Result {
        var code: ReasonCode
        var fix: UInt32
        var confidence: Confidence
        /// The rank that decided; `nil` when nobody speaks of the package.
        var rank: UInt8?
    }

    /// Reads statements and finds out which speak of the package.
    func hear(_ statements: [Statement]) throws(IndexError) -> [Heard] {
        var heard: [Heard] = []
        heard.reserveCapacity(statements.count)
        for statement in statements {
            let deciding = try reader.deciding(statement)
            heard.append(
                Heard(statement: statement, deciding: deciding, standing: try standing(of: statement, deciding)))
        }
        return heard
    }

    /// Decides: the standing statements of the lowest rank that speak of the package.
    func decide(_ heard: [Heard], at place: VersionPlace?) throws(IndexError) -> Result {
        let candidates = heard.filter(\.isHeard)
        guard let rank = candidates.map(\.statement.rank).min() else {
            return Result(code: silence(of: heard), fix: IndexFormat.none, confidence: confidence, rank: nil)
        }
        let deciding = candidates.filter { $0.statement.rank == rank }
        let sure = deciding.filter { $0.standing == .speaks }
        let decision = try self.decision(sure.isEmpty ? deciding : sure, at: place)
        if sure.count == deciding.count || (!sure.isEmpty && decision.code.isAffected) {
            return Result(code: decision.code, fix: decision.fix, confidence: confidence, rank: rank)
        }
        let all = sure.isEmpty ? decision : try self.decision(deciding, at: place)
        guard all.code.isAffected else {
            return Result(code: decision.code, fix: decision.fix, confidence: confidence, rank: rank)
        }
        return Result(code: .platformUnknown, fix: all.fix, confidence: .possible, rank: rank)
    }

    private func decision(_ heard: [Heard], at place: VersionPlace?) throws(IndexError) -> StatementDecision {
        try StatementDecision(heard.map(\.deciding), at: place) { (ordinal) throws(IndexError) in
            try reader.place(of: ordinal, in: name)
        }
    }

    /// Why nobody speaks of the package: what the first standing statement asks for.
    private func silence(of heard: [Heard]) -> ReasonCode {
        for one in heard where !one.statement.isWithdrawn {
            if case .silent(let code) = one.standing { return code }
        }
        return .withdrawn
    }

    private var confidence: Confidence {
        guard name.flags & NameFlag.product != 0 else { return .exact }
        return context.isProductDerived ? .possible : .likely
    }

    // MARK: - Conditions

    private func standing(
        of statement: Statement, _ deciding: DecidingStatement
    ) throws(IndexError) -> Standing {
        let condition = statement.condition == IndexFormat.none ? nil : try reader.condition(statement.condition)
        if name.flags & NameFlag.modular != 0 {
            guard try speaksOfModule(statement, deciding, stream: condition?.moduleStream) else {
                return .silent(.otherModuleStream)
            }
            guard try speaksOfBuild(statement, deciding) else { return .silent(.otherBuild) }
        }
        guard let condition else { return .speaks }
        if let architecture = context.architecture, !condition.architectures.isEmpty,
            !condition.architectures.contains(where: { Architecture.areEqual($0, architecture) })
        {
            return .silent(.otherArchitecture)
        }
        return standing(of: condition)
    }

    private func standing(of condition: Condition) -> Standing {
        var standing = Standing.speaks
        if let criteria = condition.criteria {
            guard let cpe = context.cpe else { return .silent(.otherProduct) }
            switch ProductConditions.matches(criteria, cpe) {
            case .yes: break
            case .no: return .silent(.otherProduct)
            case .unknown: standing = .maySpeak
            }
        }
        switch ProductConditions.holds(condition.platforms, on: context.hostProducts) {
        case .yes: return standing
        case .no: return .silent(.otherPlatform)
        case .unknown: return .maySpeak
        }
    }

    /// Whether the package is of some module.
    var isModular: Bool {
        guard context.moduleStream == nil else { return true }
        var version = version
        return version.withUTF8 { UnsafeRawBufferPointer($0).containsRun(IndexFormat.moduleMark) }
    }

    private func speaksOfModule(
        _ statement: Statement, _ deciding: DecidingStatement, stream: String?
    ) throws(IndexError) -> Bool {
        if let stream {
            if let own = context.moduleStream { return own == stream }
            return isModular ? try leadsLikeRepair(deciding) : false
        }
        if statement.isModular { return isModular ? try leadsLikeRepair(deciding) : false }
        // Without a version there is nothing that tells of a module: the statement speaks of all.
        return !isModular || !statement.isEvaluable || deciding.intervals.allSatisfy { $0.upper == IndexFormat.none }
    }

    /// Whether the package and the statement are of one build: the distribution's own, or the same one apart.
    private func speaksOfBuild(_ statement: Statement, _ deciding: DecidingStatement) throws(IndexError) -> Bool {
        let own = Self.buildMark(version)
        guard own != nil || statement.isApart else { return true }
        var hasUpper = false
        for interval in deciding.intervals where interval.kind != .unreadable && interval.upper != IndexFormat.none {
            hasUpper = true
            if Self.buildMark(try reader.versionText(interval.upper, in: name)) == own { return true }
        }
        return !hasUpper && !statement.isApart
    }

    private static func buildMark(_ version: String) -> [UInt8]? {
        var version = version
        return version.withUTF8 { bytes in
            IndexFormat.buildMarks.first { UnsafeRawBufferPointer(bytes).containsRun($0) }
        }
    }

    /// Whether the package's version begins with the same number as a version that the statement names at an upper end.
    private func leadsLikeRepair(_ deciding: DecidingStatement) throws(IndexError) -> Bool {
        let own = Self.lead(version)
        var hasUpper = false
        for interval in deciding.intervals where interval.kind != .unreadable && interval.upper != IndexFormat.none {
            hasUpper = true
            if Self.lead(try reader.versionText(interval.upper, in: name)) == own { return true }
        }
        return !hasUpper
    }

    /// What stands before the first dot, without the epoch.
    private static func lead(_ version: String) -> Substring {
        let upstream = version.split(separator: ":", maxSplits: 1).last ?? Substring(version)
        return upstream.prefix { $0 != "." && $0 != "-" }
    }
}

/// Names of processor architectures, which distributions spell in their own ways.
enum Architecture {
    /// Whether two names mean the same, or one means all.
    static func areEqual(_ lhs: String, _ rhs: String) -> Bool {
        let (left, right) = (canonical(lhs), canonical(rhs))
        return left == right || left == "all" || right == "all"
    }

    private static func canonical(_ name: String) -> String {
        switch name {
        case "amd64", "x86_64", "x86-64": "x86_64"
        case "arm64", "aarch64": "aarch64"
        case "i386", "i486", "i586", "i686", "x86": "x86"
        case "armhf", "armv7", "armv7l", "armv7hl": "armhf"
        case "ppc64el", "ppc64le": "ppc64le"
        case "all", "noarch", "any": "all"
        default: name
        }
    }
}
