import JSONDocuments
import Versioning

/// What an entry of a CVE record's `affected` list says of versions.
///
/// The schema lets a publisher give each stretch of versions a status and everything else a default. It is read as it is used:
/// - What is called unaffected is taken out of what is called affected.
/// - `defaultStatus: affected` counts only where something is called unaffected, or where no versions are given at all. Beside nothing
///   but affected stretches it would say that their upper ends mean nothing; publishers who write it so mean the stretches.
/// - In such a list, a single version called unaffected is the one that repairs; what follows is repaired too.
/// - `>= 1.0, < 2.0` within `version` is read as a range: GitHub writes all of its records so.
/// - Commits (`versionType: git`) have no order without their repository and are left out, as is free text.
///
/// - Source: <https://cveproject.github.io/cve-schema/schema/docs/>, `versions.md` beside it.
struct CVEVersions {
    private let ordering: VersionOrdering
    private var affected: [VersionIntervals.Interval] = []
    private var unaffected: [VersionIntervals.Interval] = []
    /// Single versions called affected, in document order.
    private var points: [String] = []
    private var seenPoints: Set<String> = []
    /// Single versions called unaffected.
    private var repaired: [VersionIntervals.Cut] = []

    /// The versions meant; none when the entry names no version that can be read.
    private(set) var ranges: [AffectedRange] = []
    private(set) var versions: [String] = []

    /// Whether any version is meant.
    var isEmpty: Bool { ranges.isEmpty && versions.isEmpty }

    /// - Parameters:
    ///   - product: The entry.
    ///   - scope: Where the versions live, which decides how they are ordered.
    ///   - place: Where the entry stands, for messages.
    init(_ product: JSONValue, scope: String, place: String) throws(RecordFault) {
        ordering = VersionOrdering(scope: scope)
        let isAffectedByDefault = product["defaultStatus"]?.isString("affected") ?? false
        let list = try product.elements("versions", in: place)
        if let list {
            for (index, entry) in list.enumerated() { try add(entry, place: "\(place)versions[\(index)].") }
        }
        let saysUnaffected = !unaffected.isEmpty || !repaired.isEmpty
        if isAffectedByDefault && (saysUnaffected || (list?.count ?? 0) == 0) {
            affected.append(.init())
            unaffected += repaired.map { .init(lower: $0) }
        }
        ranges = VersionIntervals(affected).subtracting(VersionIntervals(unaffected)).ranges
        versions = points
    }

    private mutating func add(_ entry: JSONValue, place: String) throws(RecordFault) {
        guard entry.kind == .object else { throw RecordFault(place, "is not an object") }
        let status = try entry.requiredString("status", in: place)
        guard status == "affected" || status == "unaffected", entry["versionType"]?.isString("git") != true else {
            return
        }
        guard let start = try entry.optionalString("version", in: place), start.utf8.count <= 256 else { return }
        let isAffected = status == "affected"
        if let less = try entry.optionalString("lessThan", in: place) {
            add(stretch(from: start, to: upper(less, isInclusive: false), entry, isAffected), isAffected)
        } else if let last = try entry.optionalString("lessThanOrEqual", in: place) {
            add(stretch(from: start, to: upper(last, isInclusive: true), entry, isAffected), isAffected)
        } else if let interval = comparison(start) {
            add([interval], isAffected)
        } else {
            addSingle(start, isAffected)
        }
    }

    private mutating func add(_ intervals: [VersionIntervals.Interval], _ isAffected: Bool) {
        if isAffected { affected += intervals } else { unaffected += intervals }
    }

    private mutating func addSingle(_ text: String, _ isAffected: Bool) {
        let version = Self.trimmed(text)
        if Self.isEverything(version) { return add([.init()], isAffected) }
        guard !Self.saysNothing(version), let cut = cut(version, isAfter: false) else { return }
        if !isAffected {
            repaired.append(cut)
        } else if seenPoints.insert(version).inserted {
            points.append(version)
        }
    }

    // MARK: - Stretches

    /// The end of a stretch: `nil` for a text that cannot be read, `.some(nil)` for "no end".
    private func upper(_ text: String, isInclusive: Bool) -> VersionIntervals.Cut?? {
        let version = Self.trimmed(text)
        if version == "*" || Self.saysNothing(version) { return .some(nil) }
        // `6.1.*` means every 6.1, so it ends where 6.2 begins.
        if version.hasSuffix(".*") { return Self.successor(version.dropLast(2)).flatMap { cut($0, isAfter: false) } }
        return cut(version, isAfter: isInclusive)
    }

    /// The stretch, cut where its status changes on the way.
    private func stretch(
        from start: String, to upper: VersionIntervals.Cut??, _ entry: JSONValue, _ isAffected: Bool
    ) -> [VersionIntervals.Interval] {
        guard let upper else { return [] }
        let first = Self.trimmed(start)
        var lower: VersionIntervals.Cut?
        if first != "0" && !Self.isEverything(first) && !Self.saysNothing(first) {
            let version = first.hasSuffix(".*") ? String(first.dropLast(2)) : first
            guard let cut = cut(version, isAfter: false) else { return [] }
            lower = cut
        }
        return pieces(of: .init(lower: lower, upper: upper), changes: changes(entry), isAffected)
    }

    private func changes(_ entry: JSONValue) -> [(cut: VersionIntervals.Cut, isAffected: Bool)] {
        guard let list = entry["changes"]?.array else { return [] }
        return list.compactMap { change in
            guard let at = change["at"]?.string, let cut = cut(Self.trimmed(at), isAfter: false),
                let status = change["status"]?.string, status == "affected" || status == "unaffected"
            else { return nil }
            return (cut, status == "affected")
        }.sorted { VersionIntervals.Cut.precedes($0.cut, $1.cut) }
    }

    /// The parts of a stretch in which its first status holds.
    private func pieces(
        of whole: VersionIntervals.Interval, changes: [(cut: VersionIntervals.Cut, isAffected: Bool)],
        _ isAffected: Bool
    ) -> [VersionIntervals.Interval] {
        var pieces: [VersionIntervals.Interval] = []
        var start: VersionIntervals.Cut?? = .some(whole.lower)
        for change in changes {
            let isBeyond = whole.upper.map { !VersionIntervals.Cut.precedes(change.cut, $0) } ?? false
            if change.isAffected != isAffected, let lower = start {
                pieces.append(.init(lower: lower, upper: change.cut))
                start = nil
                // `<= 23.9.7` with a change at 23.9.8 names the repaired version, which is worth more than the last affected one.
                if isBeyond { return pieces }
            } else if change.isAffected == isAffected && start == nil && !isBeyond {
                start = .some(change.cut)
            }
        }
        if let lower = start { pieces.append(.init(lower: lower, upper: whole.upper)) }
        return pieces.filter { !$0.isEmpty }
    }

    /// `>= 1.0, < 2.0`, `<= 3.1`, `= 4.0`, `before 5.0`, `prior to 5.0`; `nil` for anything else.
    private func comparison(_ text: String) -> VersionIntervals.Interval? {
        var interval = VersionIntervals.Interval()
        for part in text.split(separator: ",", omittingEmptySubsequences: false) {
            let part = Self.trimmed(String(part))
            guard let sign = Self.signs.first(where: { part.lowercased().hasPrefix($0.text) }) else { return nil }
            guard let cut = cut(Self.trimmed(String(part.dropFirst(sign.text.count))), isAfter: sign.isAfter) else {
                return nil
            }
            if sign.isLower { interval.lower = cut }
            if sign.isUpper { interval.upper = cut }
            if sign.isLower && sign.isUpper {
                interval.upper = VersionIntervals.Cut(text: cut.text, key: cut.key, isAfter: true)
            }
        }
        return interval
    }

    private struct Sign {
        let text: String
        var isLower = false
        var isUpper = false
        var isAfter = false
    }

    private static let signs = [
        Sign(text: ">=", isLower: true), Sign(text: ">", isLower: true, isAfter: true),
        Sign(text: "<=", isUpper: true, isAfter: true), Sign(text: "<", isUpper: true),
        Sign(text: "==", isLower: true, isUpper: true), Sign(text: "=", isLower: true, isUpper: true),
        Sign(text: "before ", isUpper: true), Sign(text: "prior to ", isUpper: true),
    ]

    // MARK: - Versions

    /// A cut at a version; `nil` for what is no version: free text, a commit, or what the ordering refuses.
    private func cut(_ version: String, isAfter: Bool) -> VersionIntervals.Cut? {
        let isCommit = version.utf8.count == 40 && version.allSatisfy(\.isHexDigit)
        guard !version.isEmpty, !isCommit, !version.utf8.contains(UInt8(ascii: " ")), !version.hasSuffix("*"),
            let key = try? ordering.key(version, reading: .tolerant)
        else { return nil }
        return VersionIntervals.Cut(text: version, key: key, isAfter: isAfter)
    }

    /// The first version behind all that start so: `6.1` → `6.2`.
    private static func successor(_ prefix: some StringProtocol) -> String? {
        let digits = prefix.reversed().prefix { $0.isASCII && $0.isNumber }
        guard !digits.isEmpty, digits.count <= 9, let number = Int(String(digits.reversed())) else { return nil }
        return prefix.dropLast(digits.count) + String(number + 1)
    }

    private static func trimmed(_ text: String) -> String {
        let start = text.drop { $0.isWhitespace }
        let end = start.reversed().prefix { $0.isWhitespace }.count
        return String(start.dropLast(end))
    }

    private static func isEverything(_ version: String) -> Bool {
        ["*", "all", "all versions", "any"].contains(version.lowercased())
    }

    private static func saysNothing(_ version: String) -> Bool {
        ["", "-", "n/a", "na", "unspecified", "unknown", "none", "not specified"].contains(version.lowercased())
    }
}
