import Advisories
import SeededRandom
import Testing

@Suite struct VEXDocumentTests {
    private func read(_ text: String) throws -> VEXDocument { try VEXDocument.read(Array(text.utf8)) }

    static let openVEX = """
        {"@context": "https://openvex.dev/ns/v0.2.0", "@id": "https://example.org/vex-1", "author": "Example", "timestamp": "2026-01-01T00:00:00Z",
         "version": 1, "statements": [
          {"vulnerability": {"name": "CVE-2024-0001", "aliases": ["GHSA-aaaa-bbbb-cccc"]},
           "products": [{"@id": "pkg:npm/a@1", "identifiers": {"purl": "pkg:npm/a@1", "cpe23": "cpe:2.3:a:v:a:1:*:*:*:*:*:*:*"}}],
           "status": "not_affected", "justification": "vulnerable_code_not_in_execute_path", "impact_statement": "never called"},
          {"vulnerability": {"name": "CVE-2024-0002"}, "timestamp": "2026-02-01T00:00:00Z",
           "products": [{"@id": "pkg:oci/image", "subcomponents": [{"@id": "pkg:deb/debian/openssl"}]}],
           "status": "affected", "action_statement": "wait"},
          {"vulnerability": "CVE-2024-0003", "products": ["pkg:npm/b"], "status": "fixed"},
          {"vulnerability": {"name": "CVE-2024-0004"}, "products": [{"@id": "pkg:npm/a"}], "status": "unheard of"},
          {"vulnerability": {}, "products": [{"@id": "pkg:npm/a"}], "status": "fixed"},
          {"vulnerability": {"name": "CVE-2024-0005"}, "products": [], "status": "fixed"}]}
        """

    @Test func readsOpenVEX() throws {
        let document = try read(Self.openVEX)
        #expect(document.id == "https://example.org/vex-1")
        #expect(document.author == "Example")
        #expect(
            document.statements == [
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0001", "GHSA-aaaa-bbbb-cccc"],
                    products: ["pkg:npm/a@1", "cpe:2.3:a:v:a:1:*:*:*:*:*:*:*"].map { .init(identifier: $0) },
                    status: .notAffected, justification: "vulnerable_code_not_in_execute_path", notes: "never called",
                    timestamp: 1_767_225_600),
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0002"], products: [.init(identifier: "pkg:deb/debian/openssl")],
                    status: .affected, action: "wait", timestamp: 1_769_904_000),
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0003"], products: [.init(identifier: "pkg:npm/b")], status: .fixed,
                    timestamp: 1_767_225_600),
            ])
    }

    @Test func readsWhatLiesInAnInTotoStatement() throws {
        let document = try read("{\"_type\": \"https://in-toto.io/Statement/v1\", \"predicate\": \(Self.openVEX)}")
        #expect(document.statements.count == 3)
    }

    static let cycloneDX = """
        {"bomFormat": "CycloneDX", "specVersion": "1.6", "serialNumber": "urn:uuid:1", "metadata": {"authors": [{"name": "Ann"}]},
         "components": [{"type": "library", "bom-ref": "r1", "name": "a", "purl": "pkg:npm/a@1",
           "components": [{"type": "library", "bom-ref": "r2", "name": "b", "cpe": "cpe:2.3:a:v:b:2:*:*:*:*:*:*:*"}]}],
         "vulnerabilities": [
          {"id": "CVE-2024-0001", "references": [{"id": "GHSA-aaaa-bbbb-cccc"}],
           "analysis": {"state": "not_affected", "justification": "code_not_reachable", "detail": "dead code", "lastUpdated": "2026-01-01T00:00:00Z"},
           "affects": [{"ref": "r1"}, {"ref": "urn:cdx:f08a6ccd-4dce-4759-bd84-c626675d60a7/1#pkg%3Anpm%2Fc%403"}]},
          {"id": "CVE-2024-0002", "analysis": {"state": "exploitable", "response": ["update", "workaround_available"]},
           "affects": [{"ref": "r2", "versions": [{"version": "2", "status": "affected"}]}]},
          {"id": "CVE-2024-0003", "analysis": {"state": "resolved"}, "affects": [{"ref": "r1", "versions": [{"range": "vers:npm/<2"}]}]},
          {"id": "CVE-2024-0004", "affects": [{"ref": "r1"}]},
          {"id": "CVE-2024-0005", "analysis": {"state": "in_triage"}, "affects": [{"ref": "pkg:npm/d"}]}]}
        """

    @Test func readsCycloneDX() throws {
        let document = try read(Self.cycloneDX)
        #expect(document.id == "urn:uuid:1")
        #expect(document.author == "Ann")
        #expect(
            document.statements == [
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0001", "GHSA-aaaa-bbbb-cccc"],
                    products: [.init(identifier: "pkg:npm/a@1"), .init(identifier: "pkg:npm/c@3")],
                    status: .notAffected,
                    justification: "code_not_reachable", notes: "dead code", timestamp: 1_767_225_600),
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0002"],
                    products: [.init(identifier: "cpe:2.3:a:v:b:2:*:*:*:*:*:*:*", versions: ["2"])], status: .affected,
                    action: "update, workaround_available"),
                VEXStatement(
                    vulnerabilities: ["CVE-2024-0005"], products: [.init(identifier: "pkg:npm/d")],
                    status: .underInvestigation),
            ])
    }

    static let csaf = """
        {"document": {"csaf_version": "2.0", "category": "csaf_vex", "publisher": {"name": "Example"},
           "tracking": {"id": "EX-1", "current_release_date": "2026-01-01T00:00:00Z"}},
         "product_tree": {
           "branches": [{"category": "vendor", "name": "v", "branches": [
             {"category": "product_version", "name": "1", "product": {"product_id": "P1", "name": "a 1",
              "product_identification_helper": {"purl": "pkg:npm/a@1"}}}]}],
           "full_product_names": [{"product_id": "P2", "name": "b", "product_identification_helper": {"cpe": "cpe:2.3:a:v:b:2:*:*:*:*:*:*:*"}}],
           "relationships": [{"category": "default_component_of", "product_reference": "P1", "relates_to_product_reference": "P2",
             "full_product_name": {"product_id": "P2:P1", "name": "a in b"}}],
           "product_groups": [{"group_id": "G", "product_ids": ["P1"]}]},
         "vulnerabilities": [{"cve": "CVE-2024-0001", "ids": [{"system_name": "x", "text": "X-1"}],
           "product_status": {"known_not_affected": ["P1", "P2:P1"], "known_affected": ["P2"], "fixed": ["nobody"]},
           "flags": [{"label": "component_not_present", "group_ids": ["G"]}],
           "threats": [{"category": "impact", "details": "none at all", "product_ids": ["P1"]}],
           "remediations": [{"category": "workaround", "details": "switch it off"}]}]}
        """

    @Test func readsCSAF() throws {
        let document = try read(Self.csaf)
        #expect(document.id == "EX-1")
        #expect(document.author == "Example")
        let ids = ["CVE-2024-0001", "X-1"]
        #expect(
            document.statements == [
                VEXStatement(
                    vulnerabilities: ids, products: [.init(identifier: "pkg:npm/a@1")], status: .notAffected,
                    justification: "component_not_present", notes: "none at all", timestamp: 1_767_225_600),
                VEXStatement(
                    vulnerabilities: ids, products: [.init(identifier: "pkg:npm/a@1")], status: .notAffected,
                    timestamp: 1_767_225_600),
                VEXStatement(
                    vulnerabilities: ids, products: [.init(identifier: "cpe:2.3:a:v:b:2:*:*:*:*:*:*:*")],
                    status: .affected, action: "switch it off", timestamp: 1_767_225_600),
            ])
    }

    @Test(arguments: ["{}", "[]", "null", #"{"bomFormat": "SPDX"}"#])
    func refusesOtherDocuments(text: String) {
        #expect(throws: VEXError.unknownFormat) { try read(text) }
    }

    @Test func namesThePlaceOfBrokenJSON() {
        let error = #expect(throws: VEXError.self) { try read("{\"statements\": [}") }
        guard case .malformed(let reason) = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(reason.contains("16"))
    }

    @Test(arguments: [Self.openVEX, Self.cycloneDX, Self.csaf])
    func neverTrapsOnMutatedDocuments(document: String) {
        var random = SplitMix(seed: 5)
        for _ in 0..<1_000 {
            guard let read = try? VEXDocument.read(random.mutated(Array(document.utf8))) else { continue }
            #expect(read.statements.allSatisfy { !$0.vulnerabilities.isEmpty && !$0.products.isEmpty })
        }
    }
}
