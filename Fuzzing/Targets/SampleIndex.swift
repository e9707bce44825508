import Advisories
import Glibc
import Matching
import PackageIdentity
import Scoring

/// A small index that has something in every section.
struct SampleIndex {
    static let shared = SampleIndex()
    static let product = CPEName(.application, vendor: "example", product: "server", version: "2.5")

    let bytes: [UInt8]
    let index: AdvisoryIndex
    /// The builder's advisories as it keeps them between builds.
    let part: [UInt8]
    /// What the builder noted beside the index.
    let notes: [UInt8]
    let ids = ["CVE-2024-0001", "CVE-2024-0002", "GHSA-aaaa-bbbb-cccc", "DSA-1-1", "no such id"]
    let places: [AdvisoryCoordinates]
    /// The verdicts at the places, by the whole index.
    let answers: [[Verdict]]

    private init() {
        let path = "\(TemporaryPlace.folder)/sample"
        do throws(any Error) {
            let builder = try Self.builder()
            try builder.writeCompiled(to: path + "-part")
            _ = try builder.write(to: path, notes: path + "-notes")
            index = try AdvisoryIndex(path: path)
        } catch {
            fatalError("the sample index cannot be built: \(error)")
        }
        bytes = Self.content(path)
        part = Self.content(path + "-part")
        notes = Self.content(path + "-notes")
        let names = Set(Self.advisories.flatMap(\.affected).map { AdvisoryName(scope: $0.scope, name: $0.name) })
            .sorted()
        places = names.flatMap { name in
            ["1.0-1", "2.5", "0.9~rc1", "18.1.0-1.module+el9", "broken version !"].map {
                AdvisoryCoordinates(scope: name.scope, name: name.name, version: $0)
            }
        }
        let index = index
        answers = places.map { index.verdicts(at: $0, purl: nil) }
    }

    /// A builder that has everything the index is made of.
    static func builder() throws -> IndexBuilder {
        var builder = IndexBuilder()
        for advisory in advisories { try builder.add(advisory) }
        builder.setIntelligence(intelligence)
        builder.addFeed(FeedSummary(id: .debianTracker, records: 3, setAside: 1, snapshotDate: 1_700_000_000))
        return builder
    }

    /// The bytes of a file.
    static func content(_ path: String) -> [UInt8] {
        let descriptor = open(path, O_RDONLY)
        defer { close(descriptor) }
        return [UInt8](unsafeUninitializedCapacity: 1 << 20) { buffer, count in
            count = max(0, read(descriptor, buffer.baseAddress, buffer.count))
        }
    }

    private static let advisories: [Advisory] = [
        Advisory(
            id: "CVE-2024-0001", feed: .debianTracker, summary: "Buffer overflow",
            affected: [
                AffectedPackage(
                    scope: "Debian:12", name: "example",
                    ranges: [range(.ecosystem, [.introduced("0"), .fixed("1.0-2")])],
                    state: .fixed, urgency: "high"),
                AffectedPackage(scope: "Debian:11", name: "example", state: .unfixed, urgency: "unimportant"),
            ]),
        Advisory(
            id: "DSA-1-1", feed: .osv("Debian"), aliases: ["CVE-2024-0001"], summary: "example - security update",
            details: "Long.\nLonger.", published: 1_700_000_000, modified: 1_700_000_100,
            severities: [], references: ["https://example.org/1", "https://example.org/2"],
            affected: [
                AffectedPackage(
                    scope: "Debian:12", name: "example",
                    ranges: [range(.ecosystem, [.introduced("0.5"), .fixed("1.0-3"), .introduced("2.0")])])
            ]),
        Advisory(
            id: "GHSA-aaaa-bbbb-cccc", feed: .osv("PyPI"), aliases: ["CVE-2024-0002"], upstream: ["CVE-2024-0003"],
            affected: [
                AffectedPackage(
                    scope: "PyPI", name: "example",
                    ranges: [
                        range(.ecosystem, [.introducedAfter("1.0"), .lastAffected("3.0")]),
                        range(.git, [.introduced("0")]),
                    ],
                    versions: ["0.1", "0.2", "broken"]),
                AffectedPackage(
                    scope: "npm", name: "@a/b", ranges: [range(.semver, [.introduced("1.0.0"), .limit("2.0.0")])]),
            ]),
        Advisory(
            id: "RHSA-2024:1", feed: .csaf("redhat/advisories"), aliases: ["CVE-2024-0002"], withdrawn: 1_700_000_200,
            affected: [
                AffectedPackage(
                    scope: "Red Hat:enterprise_linux:9", name: "nodejs",
                    ranges: [range(.ecosystem, [.introduced("0"), .fixed("18.2.0-1.module+el9")])], state: .fixed,
                    condition: Condition(moduleStream: "nodejs:18", architectures: ["x86_64", "aarch64"]))
            ]),
        Advisory(
            id: "RHSA-2024:2", feed: .csaf("redhat/advisories"), aliases: ["CVE-2024-0004"],
            affected: [
                AffectedPackage(
                    scope: "Red Hat:enterprise_linux:9", name: "nodejs",
                    ranges: [range(.ecosystem, [.introduced("0"), .fixed("18.3.0-1.module+el9")])], state: .fixed,
                    condition: Condition(moduleStream: "nodejs:18"))
            ]),
        Advisory(
            id: "CVE-2024-0005", feed: .nvd, references: ["https://example.org/5"],
            affected: [
                AffectedPackage(
                    scope: "cpe:a", name: "example:server",
                    ranges: [range(.ecosystem, [.introduced("2.0"), .fixed("2.6")])],
                    condition: Condition(
                        criteria: "cpe:2.3:a:example:server:*:*:*:*:*:linux:*:*",
                        platforms: [
                            [
                                PlatformMatch(
                                    criteria: "cpe:2.3:o:example:system:*:*:*:*:*:*:*:*",
                                    range: range(.ecosystem, [.introduced("1"), .fixed("3")]))
                            ]
                        ]))
            ]),
    ]

    private static func range(_ kind: AffectedRange.Kind, _ events: [AffectedRange.Event]) -> AffectedRange {
        AffectedRange(kind: kind, events: events)
    }

    private static let intelligence = ThreatIntelligence(
        epss: ["CVE-2024-0001": EPSSScore(probability: 0.5, percentile: 0.9)],
        kev: ["CVE-2024-0001": KnownExploitation(dateAdded: "2024-01-01", dueDate: "2024-02-01", ransomware: true)],
        exploits: [
            "CVE-2024-0002": PublicExploits(exploitDatabase: [1, 2], isVerified: true, metasploit: ["exploit/a/b"])
        ],
        ssvc: [
            "CVE-2024-0001": SSVCDecisionPoints(exploitation: .active, isAutomatable: true, technicalImpact: .total)
        ],
        lifecycles: [
            "debian": Lifecycle(
                product: "debian", identifiers: ["cpe:/o:debian:debian_linux"],
                releases: [Lifecycle.Release(cycle: "12")])
        ],
        supportNotes: [
            SupportNote(scope: "Debian:12", name: "golang.*", isEnded: false, text: "limited"),
            SupportNote(
                scope: "Debian:12", name: "example", isEnded: true, lastSupportedVersion: "1.0", endDate: "2024-01-01",
                text: ""),
        ])
}
