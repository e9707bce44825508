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
    private let reader: IndexReader
    private let name: NameRecord
    private let context: MatchContext
    /// How the package was built; `nil` where no statement of the name asks for that.
    private let build: PackageBuild?
    /// Whether the product states nothing but its name and version.
    private let isPlainProduct: Bool

    /// Prepares for one package.
    ///
    /// - Parameter version: The package's version as stated.
    init(reader: IndexReader, name: NameRecord, context: MatchContext, version: UnsafeRawBufferPointer) {
        self.reader = reader
        self.name = name
        self.context = context
        build = name.isModular ? PackageBuild(version) : nil
        isPlainProduct = context.cpe.map(ProductConditions.isPlain) ?? false
    }

    /// Prepares for one package.
    init(reader: IndexReader, name: NameRecord, context: MatchContext, version: String) {
        var version = version
        self = version.withUTF8 { bytes in
            Hearing(reader: reader, name: name, context: context, version: UnsafeRawBufferPointer(bytes))
        }
    }

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
        guard let rank = heard.lazy.filter(\.isHeard).map(\.statement.rank).min() else {
            return Result(code: silence(of: heard), fix: IndexFormat.none, confidence: confidence, rank: nil)
        }
        var deciding: [DecidingStatement] = []
        var sure: [DecidingStatement] = []
        for one in heard where one.isHeard && one.statement.rank == rank {
            deciding.append(one.deciding)
            if one.standing == .speaks { sure.append(one.deciding) }
        }
        let decision = try self.decision(sure.isEmpty ? deciding : sure, at: place)
        let isSure = sure.count == deciding.count || (!sure.isEmpty && decision.code.isAffected)
        let doubtful = isSure || sure.isEmpty ? decision : try self.decision(deciding, at: place)
        guard !isSure, doubtful.code.isAffected else {
            return Result(code: decision.code, fix: decision.fix, confidence: confidence, rank: rank)
        }
        return Result(code: .platformUnknown, fix: doubtful.fix, confidence: .possible, rank: rank)
    }

    private func decision(
        _ statements: [DecidingStatement], at place: VersionPlace?
    ) throws(IndexError) -> StatementDecision {
        try StatementDecision(statements, at: place) { (ordinal) throws(IndexError) in
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
        name.confidence(of: context)
    }

    // MARK: - Conditions

    private func standing(
        of statement: Statement, _ deciding: DecidingStatement
    ) throws(IndexError) -> Standing {
        let condition = try reader.filedCondition(statement.condition)
        if let build {
            guard try speaksOfModule(statement, deciding, stream: try condition?.moduleStream, of: build) else {
                return .silent(.otherModuleStream)
            }
            guard try speaksOfBuild(statement, deciding, of: build) else { return .silent(.otherBuild) }
        }
        guard let condition else { return .speaks }
        if let architecture = context.architecture, try !condition.admits(architecture: architecture) {
            return .silent(.otherArchitecture)
        }
        return try standing(of: condition)
    }

    private func standing(of condition: FiledCondition) throws(IndexError) -> Standing {
        var standing = Standing.speaks
        if let criteria = try condition.criteria {
            guard let cpe = context.cpe else { return .silent(.otherProduct) }
            switch ProductConditions.matches(criteria, cpe, isPlain: isPlainProduct) {
            case .yes: break
            case .no: return .silent(.otherProduct)
            case .unknown: standing = .maySpeak
            }
        }
        guard condition.hasPlatforms else { return standing }
        guard let host = context.hostProducts else { return .maySpeak }
        switch ProductConditions.holds(try condition.platforms, on: host) {
        case .yes: return standing
        case .no: return .silent(.otherPlatform)
        case .unknown: return .maySpeak
        }
    }

    private func speaksOfModule(
        _ statement: Statement, _ deciding: DecidingStatement, stream: UnsafeRawBufferPointer?, of build: PackageBuild
    ) throws(IndexError) -> Bool {
        if let stream, let own = context.moduleStream { return stream.elementsEqual(own.utf8) }
        let isModular = build.isModular || context.moduleStream != nil
        if stream != nil || statement.isModular {
            guard isModular else { return false }
            return try holds(of: deciding, withoutUpper: true) { build.leads(like: $0) }
        }
        // Without a version there is nothing that tells of a module: the statement speaks of all.
        return !isModular || !statement.isEvaluable || deciding.intervals.allSatisfy { $0.upper == IndexFormat.none }
    }

    /// Whether the package and the statement are of one build: the distribution's own, or the same one apart.
    private func speaksOfBuild(
        _ statement: Statement, _ deciding: DecidingStatement, of build: PackageBuild
    ) throws(IndexError) -> Bool {
        guard build.mark != nil || statement.isApart else { return true }
        return try holds(of: deciding, withoutUpper: !statement.isApart) { PackageBuild.mark(of: $0) == build.mark }
    }

    /// Whether a version that the statement names at an upper end is as asked for.
    ///
    /// - Parameter withoutUpper: The answer for a statement that names none.
    private func holds(
        of deciding: DecidingStatement, withoutUpper: Bool, _ isAsAsked: (UnsafeRawBufferPointer) -> Bool
    ) throws(IndexError) -> Bool {
        var hasUpper = false
        for interval in deciding.intervals where interval.kind != .unreadable && interval.upper != IndexFormat.none {
            hasUpper = true
            if isAsAsked(try reader.versionBytes(interval.upper, in: name)) { return true }
        }
        return !hasUpper && withoutUpper
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
