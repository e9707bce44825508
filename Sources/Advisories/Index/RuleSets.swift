/// The distinct sets of affected versions under one name; thousands of advisories share "everything below 6.1.76-1".
struct RuleSets {
    /// Which versions one advisory calls affected.
    struct Rule: Hashable, Sendable {
        /// Ascending, without repetition.
        var intervals: [AffectedInterval]
        /// Texts of ranges that could not be read, ascending, without repetition.
        var unreadable: [String]
        /// Places of versions named one by one, ascending, without repetition.
        var listed: [UInt32]
    }

    private let pending: GatheredAdvisories
    private let versions: NameVersions
    private var numbers: [Rule: UInt32] = [:]

    /// All rule sets, in order of first use.
    private(set) var all: [Rule] = []
    /// Ranges with a bound that does not parse.
    private(set) var unreadableRanges = 0
    /// Listed versions that do not parse.
    private(set) var unreadableVersions = 0

    /// Starts without rules.
    init(pending: GatheredAdvisories, versions: NameVersions) {
        self.pending = pending
        self.versions = versions
    }

    /// The number of the rule set for some packages of one advisory.
    mutating func number(for packages: [UInt32]) -> UInt32 {
        let rule = rule(for: packages)
        if let known = numbers[rule] { return known }
        let number = UInt32(all.count)
        numbers[rule] = number
        all.append(rule)
        return number
    }

    private mutating func rule(for packages: [UInt32]) -> Rule {
        var intervals: [AffectedInterval] = []
        var unreadable: Set<String> = []
        var listed: [UInt32] = []
        for number in packages {
            let package = pending.packages[Int(number)]
            for range in package.ranges {
                let events = pending.events[
                    Int(pending.ranges[Int(range)].lowerBound)..<Int(pending.ranges[Int(range)].upperBound)]
                if let compiled = compile(events) {
                    intervals += compiled
                } else {
                    unreadable.insert(describe(events))
                    unreadableRanges += 1
                }
            }
            for version in package.versions {
                if let position = versions.position(of: pending.versions[Int(version)]) {
                    listed.append(position.ordinal)
                } else {
                    unreadableVersions += 1
                }
            }
        }
        return Rule(
            intervals: Self.distinct(intervals), unreadable: unreadable.sorted(), listed: Self.distinct(listed))
    }

    private static func distinct<Element: Comparable>(_ list: [Element]) -> [Element] {
        guard list.count > 1 else { return list }
        var distinct: [Element] = []
        distinct.reserveCapacity(list.count)
        for element in list.sorted() where distinct.last != element { distinct.append(element) }
        return distinct
    }

    private func compile(_ events: ArraySlice<(kind: RangeCompiler.Event, text: UInt32)>) -> [AffectedInterval]? {
        RangeCompiler.compile(
            events.map { ($0.kind, $0.text) },
            isText: { text, literal in
                pending.texts.withBytes(text) {
                    $0.elementsEqual(UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
                }
            },
            position: versions.position)
    }

    /// The events of a range as text, as in `[introduced 1.0, fixed ???)`.
    private func describe(_ events: ArraySlice<(kind: RangeCompiler.Event, text: UInt32)>) -> String {
        let words = events.map { event in
            let word =
                switch event.kind {
                case .introduced: "introduced"
                case .introducedAfter: "introduced after"
                case .fixed: "fixed"
                case .lastAffected: "last affected"
                case .limit: "limit"
                }
            return "\(word) \(pending.texts.string(event.text))"
        }
        return "[\(words.joined(separator: ", ")))"
    }
}
