import Advisories
import JSONDocuments
import Matching
import PackageIdentity
import ProductIdentity
import Reports
import SBOM
import Versioning

extension FuzzTargets {
    /// What becomes of a user's documents: reports in every format, and the answers of the commands that read lines.
    static let reports: [FuzzTarget] = [
        FuzzTarget("match", maximumLength: 8192, form: .json, dictionary: "sbom") { try checkMatch($0) },
        FuzzTarget("match-lines", maximumLength: 2048, dictionary: "purl") { try checkMatch($0) },
        FuzzTarget("match-vex", maximumLength: 8192, form: .json, dictionary: "vex") { input in
            let document = try VEXDocument.read(input)
            var policy = MatchPolicy(vex: VEXOverlay([("input", document)]))
            policy.products = products
            try checkReport(samplePackages, policy)
        },
        FuzzTarget("match-ignore", maximumLength: 1024, dictionary: "purl") { input in
            try checkReport(
                samplePackages, MatchPolicy(ignore: try IgnoreRule.read(input, today: "2026-01-01").rules))
        },
        FuzzTarget("lines", maximumLength: 1024, form: .json, dictionary: "purl") { checkLines($0) },
    ]

    private static let samplePackages: [ReportedPackage] =
        [
            "pkg:deb/debian/example@1.0-1?distro=debian-12", "pkg:pypi/example@2.5", "pkg:npm/%40a/b@1.2.3",
            "pkg:rpm/redhat/nodejs@18.1.0-1.module+el9?distro=rhel-9.2", "pkg:generic/server@2.5",
        ].compactMap { try? PackageURL($0) }.map {
            ReportedPackage($0, cpes: ["cpe:2.3:a:example:server:2.5:*:*:*:*:*:*:*"])
        }

    private static func checkMatch(_ input: [UInt8]) throws {
        let packages = try SBOMDocument.read(input).components.compactMap { component in
            if let package = component.package {
                return ReportedPackage(
                    package, purl: component.statedPackageURL, cpes: component.cpes, publisher: component.publisher)
            }
            return ReportedPackage(
                application: component.name, version: component.version, cpes: component.cpes,
                publisher: component.publisher)
        }
        var policy = MatchPolicy()
        policy.products = products
        try checkReport(packages, policy)
    }

    /// The products that something may be, as the command asks for them.
    @Sendable private static func products(_ subject: ReportedPackage) -> [ProductName] {
        let installed = InstalledProduct(
            package: subject.purl == nil ? nil : subject.package, cpes: subject.cpes, name: subject.package.name,
            version: subject.package.version, publisher: subject.publisher)
        return ProductRules.builtIn.candidates(for: installed).map {
            ProductName(cpe: $0.cpe, isDerived: $0.certainty == .presumed)
        }
    }

    private static func checkReport(_ packages: [ReportedPackage], _ policy: MatchPolicy) throws {
        let index = SampleIndex.shared.index
        let report = try MatchReport(packages: packages, documents: ["input"], index: index, policy: policy)
        require(report.packageCount == packages.count, "all packages are counted")
        _ = report.table(color: false)
        _ = report.table(color: true, limit: 2, perPackage: 1)
        let context = ReportContext(toolVersion: "1", timestamp: 1_700_000_000)
        checkJSON("json") { report.writeJSON(to: $0) }
        checkJSON("sarif") { report.writeSARIF(to: $0, context: context) }
        checkJSON("cyclonedx") { report.writeCycloneDX(to: $0, context: context) }
        checkJSON("openvex") { report.writeOpenVEX(to: $0, context: context) }
        _ = written { report.writeCSV(to: $0) }
        _ = written { report.writeHTML(to: $0, context: context) }
        for id in ["CVE-2024-0001", "CVE-2024-0002", "CVE-2024-0005"] {
            let explained = packages.prefix(8).flatMap {
                ExplainedPackage.explain($0, vulnerability: id, index: index, policy: policy)
            }
            for item in explained { _ = item.text() }
            checkJSON("explanations") { ExplainedPackage.writeJSON(explained, to: $0) }
        }
    }

    private static func checkJSON(_ what: String, _ write: (ByteOutput) -> Void) {
        let bytes = written(write)
        require(String(validating: bytes, as: UTF8.self) != nil, "\(what) is UTF-8")
        do throws(JSONDocumentError) {
            _ = try JSONParser().parse(bytes)
        } catch {
            require(false, "\(what) is JSON: \(error)")
        }
    }

    private static func written(_ write: (ByteOutput) -> Void) -> [UInt8] {
        var bytes: [UInt8] = []
        let output = ByteOutput(capacity: 4096) { bytes.append(contentsOf: $0) }
        write(output)
        require((try? output.flush()) != nil, "writing to memory does not fail")
        return bytes
    }

    /// Each line of an input gets one line of an answer, JSON where it says so.
    private static func checkLines(_ input: [UInt8]) {
        checkJSON("a package URL's parts") { PackageURLLines(to: $0).parse(input) }
        let answer = written { PackageURLLines(to: $0).format(input) }
        require(answer.last == UInt8(ascii: "\n") && answer.count { $0 == UInt8(ascii: "\n") } == 1, "one line")
        for ordering in [VersionOrdering.deb, .maven, .pypi] {
            let line = input.map { $0 == UInt8(ascii: ",") ? UInt8(ascii: "\t") : $0 }
            let answer = written { VersionComparisonLines(ordering: ordering, to: $0).compare(line) }
            require(answer.count { $0 == UInt8(ascii: "\n") } == 1, "one line")
        }
        _ = written { try? CVSSLines(to: $0).score(input.text) }
    }
}
