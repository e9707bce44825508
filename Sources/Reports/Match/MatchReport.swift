import Advisories
import Matching
import PackageIdentity
import Scoring

/// The verdicts of a list of packages, worst first.
public struct MatchReport: Sendable {
    /// One package version and one vulnerability.
    ///
    /// A class, because rows are sorted and gathered into groups, and a report may have a hundred thousand.
    public final class Row: Sendable {
        /// The package version.
        public let subject: ReportedPackage
        /// What the index says of this package; what a user's VEX says, where there is one.
        public var verdict: Verdict { answer.verdict }
        /// The product under whose name it was found; `nil` when the package's own ecosystem speaks of it.
        public var product: CPEName? { rarity?.product }
        /// The user's own statement on it; `nil` when there is none.
        public var vex: AppliedVEX? { rarity?.vex }
        /// Why it is not among the findings; `nil` when it is.
        public var suppression: Suppression? { rarity?.suppression }
        /// The verdict in words or in numbers.
        let answer: Answer
        /// What is said of the vulnerability, where it is a record shared by all rows that name it.
        let vulnerability: SharedRecord
        /// Which of the packages that were asked about it is, from 0.
        let place: Int
        /// What most rows do not have; `nil` of those.
        let rarity: Rarity?
        /// Order of the rows, smaller first, as far as numbers decide it.
        fileprivate let rank: UInt64

        /// What the feeds say of the vulnerability.
        public var record: VulnerabilityRecord { vulnerability.record }
        /// The package as it was looked up.
        public var package: PackageURL { subject.package }

        fileprivate init(
            _ subject: ReportedPackage, at place: Int, _ answer: Answer, isUnimportant: Bool,
            _ vulnerability: SharedRecord, rarity: Rarity?
        ) {
            self.subject = subject
            self.place = place
            self.answer = answer
            self.vulnerability = vulnerability
            self.rarity = rarity
            rank = Self.rank(answer.status, isUnimportant: isUnimportant, vulnerability)
        }

        /// What few rows have, apart from them: beside it the rest of a row is small.
        final class Rarity: Sendable {
            let product: CPEName?
            let vex: AppliedVEX?
            let suppression: Suppression?

            init(product: CPEName?, vex: AppliedVEX?, suppression: Suppression?) {
                self.product = product
                self.vex = vex
                self.suppression = suppression
            }
        }

        /// Affected first; what the distribution sees no security impact in last, whatever the score; then by risk, then by severity.
        private static func rank(
            _ status: VerdictStatus, isUnimportant: Bool, _ vulnerability: SharedRecord
        ) -> UInt64 {
            let isOpen: UInt64 = status == .affected ? 0 : 1
            let isUnimportant: UInt64 = isUnimportant ? 1 : 0
            let risk = UInt64(max(0, min(1000, 1000 - (vulnerability.risk * 10).rounded())))
            return isOpen << 40 | isUnimportant << 32 | risk << 16 | UInt64(7 - vulnerability.severity.rank)
        }
    }

    /// How much of what the index says is turned into words at once.
    public enum Depth: Sendable {
        /// All of it.
        case whole
        /// Records without their details, references and advisories, which only ``writeCycloneDX(to:context:)`` writes; reading them costs more
        /// than the match.
        case brief
        /// In addition ``Row/verdict`` and ``Row/record`` are put into words each time they are asked for: for ``writeJSON(to:)``, which does
        /// without.
        case numbers
    }

    /// Who keeps a row from being a finding.
    public enum Suppression: Sendable, Hashable {
        /// The user's VEX says that the package is not affected, or fixed.
        case vex
        /// A rule of the user's ignore file.
        case ignored(IgnoreRule)
    }

    /// `affected` and `undetermined` verdicts: affected first, then by risk, then by id and package.
    public let rows: [Row]
    /// What a user's VEX or ignore rules keep from being findings, in the same order.
    public let suppressed: [Row]
    /// Affected rows that were left out because no fix is known; 0 unless that was asked for.
    public let withoutFix: Int
    /// Packages asked about.
    public let packageCount: Int
    /// Packages for which the index has no advisories at all, so that silence about them means nothing.
    public let uncovered: [ReportedPackage]
    /// Digest of the index that answered.
    public let indexDigest: String
    /// Names of the documents that the packages come from, for people.
    public let documents: [String]

    /// Matches packages against an index.
    ///
    /// - Parameters:
    ///   - packages: Each once.
    ///   - documents: Names of what they come from; ``ReportedPackage/document`` counts in it.
    ///   - policy: What the user has decided.
    ///   - depth: What the report will be asked for.
    ///   - progress: Told now and then how many packages are done.
    /// - Throws: `IndexError.damaged` when the index file is damaged where it was read.
    public init(
        packages: [ReportedPackage], documents: [String] = [], index: AdvisoryIndex,
        policy: MatchPolicy = MatchPolicy(), depth: Depth = .whole, progress: (Int) -> Void = { _ in }
    ) throws {
        var collector = RowCollector(index: index, policy: policy, depth: depth)
        var uncovered: [ReportedPackage] = []
        var scope = KnownScope()
        for (number, subject) in packages.enumerated() {
            if number & 0xFFF == 0xFFF { progress(number) }
            collector.place = number
            let coverage = scope.coverage(of: subject, by: index)
            if coverage == .advisories {
                try collector.take(subject)
            } else if try !collector.takeProducts(of: subject), coverage == .none {
                uncovered.append(subject)
            }
        }
        rows = Self.worstFirst(collector.findings)
        suppressed = Self.worstFirst(collector.suppressed)
        withoutFix = collector.withoutFix
        packageCount = packages.count
        self.uncovered = uncovered.sorted { $0.package < $1.package }
        indexDigest = index.digest
        self.documents = documents
    }

    /// Matches packages that nothing more is known of.
    public init(packages: [PackageURL], index: AdvisoryIndex) throws {
        try self.init(packages: packages.map { ReportedPackage($0) }, index: index)
    }

    /// Whether any finding is affected and at least that severe. What nobody has rated is not.
    public func reaches(_ severity: Severity) -> Bool {
        rows.contains { $0.answer.status == .affected && $0.vulnerability.severity >= severity }
    }

    /// What orders most rows, as numbers: to sort rows themselves would count references at each step.
    private struct Order {
        let rank: UInt64
        let vulnerability: UInt32?
        let row: Int
    }

    private static func worstFirst(_ rows: [Row]) -> [Row] {
        var order: [Order] = []
        order.reserveCapacity(rows.count)
        for (index, row) in rows.enumerated() {
            order.append(Order(rank: row.rank, vulnerability: row.vulnerability.number, row: index))
        }
        order.sort { lhs, rhs in
            if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
            // Numbers ascend as ids do.
            if let one = lhs.vulnerability, let other = rhs.vulnerability, one != other { return one > other }
            return isWorse(rows[lhs.row], rows[rhs.row])
        }
        return order.map { rows[$0.row] }
    }

    private static func isWorse(_ lhs: Row, _ rhs: Row) -> Bool {
        if lhs.rank != rhs.rank { return lhs.rank < rhs.rank }
        if !lhs.vulnerability.isSame(as: rhs.vulnerability) {
            let (one, other) = (lhs.vulnerability.record.id, rhs.vulnerability.record.id)
            if one != other { return one > other }
        }
        return lhs.subject.package < rhs.subject.package
    }
}

/// Whether a scope has advisories, remembered from package to package: mostly the next is of the same.
private struct KnownScope {
    enum Coverage {
        /// Advisories of its ecosystem decide.
        case advisories
        /// There are some, but none on its name, and what has that name may be a product all the same.
        case otherNames
        case none
    }

    private var last: (scope: String, coverage: Coverage)?

    mutating func coverage(of subject: ReportedPackage, by index: AdvisoryIndex) -> Coverage {
        guard let scope = subject.coordinates?.scope else { return .none }
        if let last, last.scope == scope { return last.coverage }
        guard index.covers(scope: scope) else { return remember(scope, .none) }
        // Repositories differ from name to name: most are no actions.
        guard scope == "GitHub Actions" else { return remember(scope, .advisories) }
        return index.asksProducts(for: subject.package) ? .otherNames : .advisories
    }

    private mutating func remember(_ scope: String, _ coverage: Coverage) -> Coverage {
        last = (scope, coverage)
        return coverage
    }
}

/// What a user has decided about findings.
public struct MatchPolicy: Sendable {
    /// The user's statements; they win over every verdict.
    public var vex: VEXOverlay
    /// The user's ignore rules that are in force.
    public var ignore: [IgnoreRule]
    /// Whether only findings with a fix count.
    public var onlyFixed: Bool
    /// The release of the kernel that runs on the packages' machine, as `uname -r` gives it; `nil` when not known: every image counts as running.
    public var runningKernel: String?
    /// The products that something may be for which nobody publishes advisories; by default those whose CPE names it states.
    public var products: @Sendable (ReportedPackage) -> [ProductName]

    /// Makes one from its parts.
    public init(
        vex: VEXOverlay = VEXOverlay([]), ignore: [IgnoreRule] = [], onlyFixed: Bool = false,
        runningKernel: String? = nil,
        products: @escaping @Sendable (ReportedPackage) -> [ProductName] = { subject in
            subject.cpes.map { ProductName(cpe: $0, isDerived: false) }
        }
    ) {
        self.products = products
        self.vex = vex
        self.ignore = ignore
        self.onlyFixed = onlyFixed
        self.runningKernel = runningKernel
    }

    /// What is known of a package for the conditions of statements.
    func context(of package: PackageURL) -> MatchContext {
        var context = MatchContext(package: package)
        context.runningKernel = runningKernel
        return context
    }
}

/// Makes rows of verdicts.
private struct RowCollector: ~Copyable {
    let index: AdvisoryIndex
    let policy: MatchPolicy
    let depth: MatchReport.Depth
    /// Which of the packages is being taken, from 0.
    var place = 0
    private(set) var findings: [MatchReport.Row] = []
    private(set) var suppressed: [MatchReport.Row] = []
    private(set) var withoutFix = 0
    /// Records that were put into words, by their number in the index.
    private var records: [UInt32: SharedRecord] = [:]
    private var found = CompactVerdicts()
    /// Whether the user has said nothing about any finding.
    private let isUndecided: Bool
    /// Whether records are put into words: where the report, or what the user has decided, asks for them again and again.
    private let keepsWords: Bool

    init(index: AdvisoryIndex, policy: MatchPolicy, depth: MatchReport.Depth) {
        self.index = index
        self.policy = policy
        self.depth = depth
        isUndecided = policy.vex.isEmpty && policy.ignore.isEmpty
        keepsWords = depth != .numbers || !isUndecided
    }

    /// Takes a package whose ecosystem has advisories.
    mutating func take(_ subject: ReportedPackage) throws {
        guard let coordinates = subject.coordinates else { return }
        found.removeAll()
        let context = policy.context(of: subject.package)
        if let source = subject.package.sourceCoordinates {
            try index.match(coordinates, orSource: source, context: context, into: &found)
        } else {
            try index.match(coordinates, context: context, into: &found)
        }
        let answers = found.records
        for compact in answers {
            let answer = depth == .numbers ? Answer.indexed(compact, index) : .stated(try index.verdict(compact))
            let isUnimportant = try index.withUrgency(of: compact) {
                $0.count == Self.unimportant.count && $0.elementsEqual(Self.unimportant)
            }
            try append(subject, answer, isUnimportant: isUnimportant, number: compact.vulnerability, product: nil)
        }
        if !policy.vex.isEmpty { try addStated(of: subject, except: answers.map(\.vulnerability)) }
    }

    /// The urgency word of what a distribution sees no security impact in.
    private static let unimportant = Array("unimportant".utf8)

    /// Takes what nobody publishes advisories for by the products it may be.
    ///
    /// - Returns: Whether any statement about products could speak of it.
    mutating func takeProducts(of subject: ReportedPackage) throws -> Bool {
        let package = subject.purl == nil ? nil : subject.package
        guard index.asksProducts(for: package) else {
            try addStated(of: subject, except: [])
            return false
        }
        let products = policy.products(subject)
        var numbers: [UInt32] = []
        for one in index.verdicts(products: products, package: package) {
            guard let number = one.vulnerabilityNumber else {
                throw IndexError.damaged(what: "a statement on a product")
            }
            try append(
                subject, .stated(one.verdict), isUnimportant: one.verdict.urgency == "unimportant", number: number,
                product: one.product.cpe)
            numbers.append(number)
        }
        try addStated(of: subject, except: numbers)
        return products.contains { $0.coordinates.map { index.covers(scope: $0.scope) } ?? false }
    }

    private mutating func append(
        _ subject: ReportedPackage, _ answer: Answer, isUnimportant: Bool, number: UInt32, product: CPEName?
    ) throws {
        let record = try record(number)
        // Most are: what may be of the user's decisions costs time to hand around, even where there is nothing.
        if isUndecided, product == nil {
            return add(MatchReport.Row(subject, at: place, answer, isUnimportant: isUnimportant, record, rarity: nil))
        }
        let statement = policy.vex.isEmpty ? nil : policy.vex.statement(on: record.record, of: subject)
        append(subject, answer, isUnimportant: isUnimportant, record, product: product, vex: statement)
    }

    /// What the feeds do not report of a package, a user may.
    private mutating func addStated(of subject: ReportedPackage, except numbers: [UInt32]) throws {
        for (id, statement) in policy.vex.affected(subject) {
            let record = SharedRecord(index.vulnerability(id) ?? VulnerabilityRecord.unknown(id))
            let isReported = try numbers.contains { try index.vulnerabilityID(number: $0) == record.record.id }
            guard !isReported, policy.vex.statement(on: record.record, of: subject) == statement else { continue }
            let verdict = Verdict(
                vulnerability: record.record.id, advisories: [], status: .affected, reason: statement.reason)
            append(subject, .stated(verdict), isUnimportant: false, record, product: nil, vex: statement)
        }
    }

    private mutating func record(_ number: UInt32) throws -> SharedRecord {
        guard keepsWords else { return try SharedRecord(number: number, of: index) }
        if let known = records[number] { return known }
        let words = depth == .whole ? try whole(number) : try index.brief(number: number)
        let shared = SharedRecord(words, number: number)
        records[number] = shared
        return shared
    }

    private func whole(_ number: UInt32) throws -> VulnerabilityRecord {
        // An id that the index does not know comes of a damaged file alone.
        guard let record = index.vulnerability(try index.vulnerabilityID(number: number)) else {
            throw IndexError.damaged(what: "a vulnerability")
        }
        return record
    }

    private mutating func append(
        _ subject: ReportedPackage, _ answer: Answer, isUnimportant: Bool, _ record: SharedRecord, product: CPEName?,
        vex: AppliedVEX?
    ) {
        let answer = vex.map { .stated($0.overriding(answer.verdict)) } ?? answer
        var suppression: MatchReport.Suppression?
        if answer.status == .fixed || answer.status == .notAffected {
            suppression = .vex
        } else if !policy.ignore.isEmpty {
            let verdict = answer.verdict
            suppression = policy.ignore.first { $0.covers(record.record, verdict, of: subject) }.map { .ignored($0) }
        }
        let rarity = MatchReport.Row.Rarity(product: product, vex: vex, suppression: suppression)
        add(MatchReport.Row(subject, at: place, answer, isUnimportant: isUnimportant, record, rarity: rarity))
    }

    private mutating func add(_ row: MatchReport.Row) {
        if row.suppression != nil {
            suppressed.append(row)
        } else if policy.onlyFixed, !row.answer.hasFix {
            withoutFix += 1
        } else {
            findings.append(row)
        }
    }
}

extension VulnerabilityRecord {
    /// Of a vulnerability that only a user's VEX names.
    static func unknown(_ id: String) -> VulnerabilityRecord {
        VulnerabilityRecord(id: id, risk: Risk(cvss: nil, severity: .unknown, epss: nil, exploitation: nil))
    }
}
