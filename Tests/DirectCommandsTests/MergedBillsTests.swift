import PackageIdentity
import SBOM
import Testing

@testable import DirectCommands

/// What bills name becomes what a report is about.
@Suite struct MergedBillsTests {
    @Test func packagesWithoutVersionAreReportedAsTheyAreWritten() throws {
        var merged = MergedBills(count: 1)
        merged.add([
            SBOMComponent(
                package: try PackageURL("pkg:npm/a@1"), statedPackageURL: "pkg:npm/a@1", name: "a", version: "1"),
            SBOMComponent(package: nil, statedPackageURL: "pkg:npm/b", name: "b"),
            SBOMComponent(package: nil, name: "c"),
        ])
        #expect(merged.packages.map(\.purl) == ["pkg:npm/a@1", "pkg:npm/b", nil])
        #expect(merged.packages.map(\.package.description) == ["pkg:npm/a@1", "pkg:npm/b", "pkg:generic/c"])
        #expect(merged.packages.map { $0.coordinates == nil } == [false, true, true])
    }
}
