import Advisories
import PackageIdentity
import Reports
import SBOM

extension FuzzTargets {
    /// Documents of the user.
    static let documents: [FuzzTarget] = [
        FuzzTarget("vex", maximumLength: 16384, form: .json, dictionary: "vex") { input in
            let document = try VEXDocument.read(input)
            for statement in document.statements {
                require(!statement.vulnerabilities.isEmpty && !statement.products.isEmpty, "a statement is whole")
            }
            _ = VEXOverlay([("input", document)])
        },
        FuzzTarget("sbom-json", maximumLength: 16384, form: .json, dictionary: "sbom") { try checkSBOM($0) },
        FuzzTarget("sbom-xml", maximumLength: 16384, dictionary: "sbom-xml") { try checkSBOM($0) },
        FuzzTarget("sbom-lines", dictionary: "purl") { try checkSBOM($0) },
        FuzzTarget("ignore-rules") { input in
            let (rules, expired) = try IgnoreRule.read(input, today: "2026-01-01")
            for rule in rules + expired {
                let again = try? IgnoreRule.read(Array(rule.text.utf8), today: "2026-01-01")
                require(again.map { $0.rules.count + $0.expired.count } == 1, "\(rule.text) is one rule")
            }
        },
    ]

    private static func checkSBOM(_ input: [UInt8]) throws {
        let contents = try SBOMDocument.read(input)
        require(contents.components.count <= SBOMDocument.maximumComponents, "components are bounded")
        require(contents.warnings.count <= SBOMDocument.maximumWarnings + 1, "warnings are bounded")
        let packages = contents.packages
        require(zip(packages, packages.dropFirst()).allSatisfy { $0 < $1 }, "packages ascend")
        for component in contents.components {
            require(component.cpes.count <= SBOMDocument.maximumNames, "names are bounded")
        }
    }
}
