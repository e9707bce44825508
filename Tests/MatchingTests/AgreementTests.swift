import PackageIdentity
import Testing

@testable import Advisories
@testable import Matching

/// What bulk callers are told, what lists show and what is explained come of one index and must be one answer.
@Suite struct AgreementTests {
    private static let vulnerabilities = (1000..<1012).map { "CVE-2024-\($0)" }

    /// What kind of packages are drawn.
    enum Kind: CaseIterable {
        case plain, modules, products

        var scopes: [String] {
            switch self {
            case .plain: ["PyPI", "npm", "Debian:12"]
            case .modules: ["AlmaLinux:8", "Rocky Linux:9"]
            case .products: ["cpe:a", "cpe:o"]
            }
        }

        var versions: [String] {
            switch self {
            case .plain: ["1.0", "1.0.0", "1.5-1", "2.0.0", "2.1.0", "??", "3.0.0"]
            case .modules:
                [
                    "1:10.19.0-1.module_el8.1+1+a", "1:10.24.0-1.module_el8.3+2+b", "1:12.2.0-1.module_el8.1+1+a",
                    "1:12.5.0-1.el8", "10.24.0-2.el8", "1:12.5.0-2.el8_7.cloud", "2:12.0-1.el8.ksplice1",
                ]
            case .products: ["1.0", "1.0.1", "1.5", "2.0", "2.0_p1", "10.1", ""]
            }
        }
    }

    @Test("numbers, verdicts and explanations agree", arguments: Kind.allCases, 1...3)
    func answersAgree(kind: Kind, seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let index = try makeIndex((0..<220).map { advisory($0, kind, using: &generator) })
        var exposed = 0
        var unexposed = 0
        for scope in kind.scopes {
            for name in Self.names(kind) {
                for version in kind.versions + ["0", "11.0.0-1.module_el8.2+1+a", "999", "x y"] {
                    let place = AdvisoryCoordinates(scope: scope, name: name, version: version)
                    let context = context(kind, version, using: &generator)
                    let found = try expectAgreement(index, place, context)
                    exposed += found
                    unexposed += Self.vulnerabilities.count - found
                }
            }
        }
        // Both must be met often, or nothing was compared.
        #expect(exposed > 100 && unexposed > 100, "\(exposed) \(unexposed)")
    }

    /// - Returns: How many vulnerabilities the package version is exposed to.
    private func expectAgreement(
        _ index: AdvisoryIndex, _ place: AdvisoryCoordinates, _ context: MatchContext
    ) throws -> Int {
        var compact = CompactVerdicts()
        try index.match(place, context: context, into: &compact)
        let records = compact.records
        #expect(records.map(\.vulnerability) == records.map(\.vulnerability).sorted())
        let verdicts = index.verdicts(at: place, purl: nil, context: context)
        #expect(Set(try records.map { try index.verdict($0) }) == Set(verdicts) && verdicts.count == records.count)
        for id in Self.vulnerabilities {
            let told = verdicts.filter { $0.vulnerability == id }
            let explained = index.explain(at: place, purl: nil, vulnerability: id, context: context)
            let isExposed = explained.status == .affected || explained.status == .undetermined
            guard isExposed, explained.reason != VerdictReason.unknownVulnerability else {
                #expect(told.isEmpty, "\(place) \(context) \(id): \(explained.sentence)")
                continue
            }
            let answer =
                "\(explained.status) \(explained.reason) \(explained.fixedVersion ?? "-") \(explained.confidence)"
            #expect(
                told.map { "\($0.status) \($0.reason) \($0.fixedVersion ?? "-") \($0.confidence)" } == [answer],
                "\(place) \(context) \(id): \(explained.sentence)")
        }
        return verdicts.count
    }

    // MARK: - Drawing

    private static func names(_ kind: Kind) -> [String] {
        kind == .products ? ["acme:tool", "acme:frame"] : ["tool", "frame", "linux"]
    }

    private func advisory(_ number: Int, _ kind: Kind, using generator: inout SeededGenerator) -> Advisory {
        func pick<Choice>(_ choices: [Choice]) -> Choice {
            choices[Int.random(in: 0..<choices.count, using: &generator)]
        }
        let cve = pick(Self.vulnerabilities)
        let bounds = kind.versions + ["unreadable version"]
        let lower = AffectedRange.Event.introduced(pick(["0", pick(bounds)]))
        let events: [AffectedRange.Event] = pick([
            [lower, .fixed(pick(bounds))], [lower, .fixed(pick(bounds))], [lower, .lastAffected(pick(bounds))], [lower],
            [.introducedAfter(pick(bounds)), .fixed(pick(bounds))], [],
        ])
        let states: [FixState] = [
            .unspecified, .unspecified, .fixed, .unfixed, .notAffected, .undetermined, .endOfLife, .ignored,
        ]
        let condition = condition(kind, using: &generator)
        return Advisory(
            id: "\(pick(["A", "B"]))-\(number)", feed: pick([.nvd, .cveList, .debianTracker, .osv("PyPI")]),
            upstream: [cve], withdrawn: number % 13 == 0 ? 5 : nil,
            affected: [
                AffectedPackage(
                    scope: pick(kind.scopes), name: pick(Self.names(kind)),
                    ranges: events.isEmpty ? [] : [AffectedRange(kind: .ecosystem, events: events)],
                    versions: number % 4 == 0 ? [pick(kind.versions), pick(kind.versions)] : [], state: pick(states),
                    condition: condition.isEmpty ? nil : condition)
            ])
    }

    private static let system = "cpe:2.3:o:microsoft:windows_10:*:*:*:*:*:*:*:*"

    private func condition(_ kind: Kind, using generator: inout SeededGenerator) -> Condition {
        func pick<Choice>(_ choices: [Choice]) -> Choice {
            choices[Int.random(in: 0..<choices.count, using: &generator)]
        }
        let architectures = pick([[], [], [], ["s390x"], ["aarch64", "x86_64"]])
        switch kind {
        case .plain: return Condition(architectures: architectures)
        case .modules: return Condition(moduleStream: pick([nil, "a:10", "a:12"]), architectures: architectures)
        case .products:
            let criteria = pick([
                nil, "cpe:2.3:a:acme:tool:*:*:*:*:*:*:*:*", "cpe:2.3:a:acme:tool:*:*:*:*:*:wordpress:*:*",
                "cpe:2.3:a:acme:to\\:ol:*:sp1:*:*:*:*:*:*", "cpe:2.3:a:acme:tool:*:-:*:*:*:*:*:*",
                "cpe:/a:acme:tool::sp1",
            ])
            let platforms = pick([[], [], [[PlatformMatch(criteria: Self.system)]]])
            return Condition(criteria: criteria, platforms: platforms)
        }
    }

    private func context(_ kind: Kind, _ version: String, using generator: inout SeededGenerator) -> MatchContext {
        func pick<Choice>(_ choices: [Choice]) -> Choice {
            choices[Int.random(in: 0..<choices.count, using: &generator)]
        }
        var context = MatchContext(architecture: pick([nil, "x86_64", "noarch", "s390x"]))
        if kind == .modules { context.moduleStream = pick([nil, nil, "a:10", "a:12", "a:14"]) }
        guard kind == .products else { return context }
        var product = CPEName(.application, vendor: "acme", product: "tool", version: version)
        product[.update] = pick([.any, .any, .notApplicable, .literal("sp1")])
        product[.targetSoftware] = pick([.any, .any, .literal("wordpress"), .literal("drupal")])
        context.cpe = pick([nil, product, product, product])
        context.isProductDerived = pick([false, true])
        context.hostProducts = pick([
            nil, [], try? [CPEName(Self.system)],
            [CPEName(.operatingSystem, vendor: "debian", product: "debian_linux")],
        ])
        return context
    }

    @Test("criteria of a product that states nothing behind its version are read in short as in full")
    func shortCriteria() throws {
        let product = CPEName(.application, vendor: "acme", product: "tool", version: "1")
        var generator = SeededGenerator(seed: 9)
        let parts = ["*", "*", "*", "", "-", "sp1", "a\\:b", "x*", "\\*", "?", "a\\\\"]
        #expect(ProductConditions.isPlain(product))
        for _ in 0..<2000 {
            let count = Int.random(in: 9...12, using: &generator)
            let rest = (0..<count).map { _ in parts.randomElement(using: &generator) ?? "" }.joined(separator: ":")
            let text = "cpe:2.3:a:\(rest)"
            guard let criteria = try? CPEName(text), criteria.part != nil else { continue }
            let short = Array(text.utf8).withUnsafeBytes { ProductConditions.matches($0, product, isPlain: true) }
            #expect(short == ProductConditions.matches(text, product), "\(text)")
        }
    }
}
