import Foundation
import Inventory
import PackageIdentity
import Testing

@Suite struct CycloneDXTests {
    private func report() throws -> ScanReport {
        let all = try packages(sampleTexts)
        let os = OperatingSystem(
            osRelease: "ID=debian\nVERSION_ID=12\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n")
        return ScanReport(
            inventory: Inventory(all),
            host: HostFacts(
                hostname: "web-1", os: os, kernelRelease: "6.1.0-18-amd64", bootTime: 1_700_000_000,
                architecture: "x86_64"),
            occurrences: [
                all[0]: ["/var/lib/dpkg/status"],
                all[3]: ["/srv/b/package.json", "/srv/\"a\"\u{1}/package.json"],
            ],
            warnings: [ScanWarning(path: "/srv/c", reason: "Permission denied")])
    }

    private func document(_ report: ScanReport, timestamp: Date? = nil) throws -> [String: Any] {
        let bytes = CycloneDX.write(report, toolVersion: "1.2.3", timestamp: timestamp)
        return try #require(try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any])
    }

    @Test func saysWhatTheComponentsAre() throws {
        let components = try #require(try document(try report())["components"] as? [[String: Any]])
        #expect(components.map { $0["purl"] as? String } == sampleTexts)
        #expect(components.map { $0["bom-ref"] as? String } == sampleTexts)
        #expect(components.map { $0["name"] as? String } == ["bash", "libssl3", "node", "left-pad", "requests"])
        #expect(components.map { $0["group"] as? String } == [nil, nil, "@types", nil, nil])
        #expect(components[1]["version"] as? String == "3.0.11-1~deb12u2")
        let evidence = components[3]["evidence"] as? [String: [[String: String]]]
        #expect(
            evidence == [
                "occurrences": [["location": "/srv/\"a\"\u{1}/package.json"], ["location": "/srv/b/package.json"]]
            ])
        #expect(components[4]["evidence"] == nil)
    }

    @Test func saysWhatIsOnlyDeclared() throws {
        var report = try report()
        let all = report.inventory.packages
        report.inventory = Inventory(all.dropLast())
        report.declared = [all[4]]
        let components = try #require(try document(report)["components"] as? [[String: Any]])
        #expect(components.map { $0["purl"] as? String } == sampleTexts)
        let evidence = components.map { component in
            (component["properties"] as? [[String: String]])?.first { $0["name"] == "zerotrace:package:evidence" }?[
                "value"]
        }
        #expect(evidence == ["installed", "installed", "installed", "installed", "declared"])
        #expect(report.inventory(includingDeclared: true) == Inventory(all))
        #expect(report.inventory(includingDeclared: false) == Inventory(all.dropLast()))
    }

    @Test func describesTheHost() throws {
        let metadata = try #require(try document(try report())["metadata"] as? [String: Any])
        let component = try #require(metadata["component"] as? [String: String])
        #expect(
            component["type"] == "operating-system" && component["name"] == "debian" && component["version"] == "12")
        let properties = try #require(metadata["properties"] as? [[String: String]])
        #expect(properties.contains(["name": "zerotrace:host:name", "value": "web-1"]))
        #expect(properties.contains(["name": "zerotrace:warning", "value": "/srv/c: Permission denied"]))
        #expect(metadata["timestamp"] == nil)
    }

    @Test func writesTheTimestampInUTC() throws {
        let metadata = try document(try report(), timestamp: Date(timeIntervalSince1970: 1_700_000_000))["metadata"]
        #expect((metadata as? [String: Any])?["timestamp"] as? String == "2023-11-14T22:13:20Z")
    }

    @Test func equalReportsGiveEqualBytes() throws {
        let first = CycloneDX.write(try report(), toolVersion: "1", timestamp: nil)
        let second = CycloneDX.write(try report(), toolVersion: "1", timestamp: nil)
        #expect(first == second)
        #expect(first.last == UInt8(ascii: "\n"))
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, SchemaValidator.missing))
    func satisfiesTheOfficialSchema() throws {
        let time = Date(timeIntervalSince1970: 1_700_000_000)
        for report in [try report(), ScanReport(inventory: Inventory([]), host: HostFacts())] {
            let verdict = try SchemaValidator.validate(CycloneDX.write(report, toolVersion: "1.2.3", timestamp: time))
            #expect(verdict == "valid\n")
        }
    }

    @Test(.enabled(if: SchemaValidator.isAvailable, SchemaValidator.missing))
    func theSchemaCheckCanFail() throws {
        let bytes = CycloneDX.write(try report(), toolVersion: "1.2.3", timestamp: nil)
        let broken = String(decoding: bytes, as: UTF8.self).replacing("\"library\"", with: "\"libary\"")
        #expect(try SchemaValidator.validate(Array(broken.utf8)) != "valid\n")
    }
}

/// Validates against the schema that PyPI's `cyclonedx-python-lib` ships, with `jsonschema` and `referencing`.
enum SchemaValidator {
    static let missing: Comment = "python3 or $ZEROTRACE_PYTHON lacks cyclonedx-python-lib, jsonschema or referencing"

    static let isAvailable: Bool = (try? run("import cyclonedx.schema, jsonschema, referencing", input: [])) == ""

    static func validate(_ document: [UInt8]) throws -> String {
        try run(program, input: document)
    }

    /// The schemas refer to each other by file names relative to the official address.
    private static let program = """
        import json, pathlib, sys
        import cyclonedx.schema, jsonschema, referencing, referencing.jsonschema
        folder = pathlib.Path(cyclonedx.schema.__file__).parent / "_res"
        registry = referencing.Registry()
        for path in folder.glob("*.schema.json"):
            content = json.loads(path.read_text())
            resource = referencing.Resource.from_contents(content, referencing.jsonschema.DRAFT7)
            for name in {path.name, path.name.replace(".SNAPSHOT", "")}:
                registry = registry.with_resource("http://cyclonedx.org/schema/" + name, resource)
        schema = json.loads((folder / "bom-1.6.SNAPSHOT.schema.json").read_text())
        validator = jsonschema.Draft7Validator(schema, registry=registry, format_checker=jsonschema.FormatChecker())
        errors = [error.message for error in validator.iter_errors(json.load(sys.stdin))]
        print("\\n".join(errors) if errors else "valid")
        """

    private static func run(_ program: String, input: [UInt8]) throws -> String {
        let process = Process()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["ZEROTRACE_PYTHON"] ?? "python3", "-c", program]
        let stdin = FileManager.default.temporaryDirectory.appending(path: "bom-\(UUID().uuidString).json")
        try Data(input).write(to: stdin)
        defer { try? FileManager.default.removeItem(at: stdin) }
        process.standardInput = try FileHandle(forReadingFrom: stdin)
        let output = Pipe()
        process.standardOutput = output
        process.standardError = output
        try process.run()
        let text = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return String(decoding: text, as: UTF8.self)
    }
}
