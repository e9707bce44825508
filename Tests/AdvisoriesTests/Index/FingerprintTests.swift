import Testing

@testable import Advisories

@Suite struct FingerprintTests {
    private func fold(_ name: String, _ scope: String) -> String { PackageNames.normalised(name, scope: scope) }

    @Test("other rules for names or for builds apart make another fingerprint, as other version keys do")
    func rulesCount() {
        let own = IndexFormat.versionKeyFingerprint
        #expect(own.count == 8)
        #expect(
            IndexFormat.fingerprint(folding: fold, marks: IndexFormat.buildMarks) == own,
            "the rules have changed: what is worked out here belongs into IndexFormat.versionKeyFingerprint")
        #expect(IndexFormat.fingerprint(folding: fold, marks: [Array(".cloud".utf8)]) != own)
        #expect(
            IndexFormat.fingerprint(folding: { $1 == "Go" ? $0 : fold($0, $1) }, marks: IndexFormat.buildMarks) != own)
    }
}
