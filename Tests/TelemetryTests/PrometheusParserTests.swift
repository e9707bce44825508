import Foundation
import Metrics
import Testing

@testable import Telemetry

/// Reads our exposition with the parser of Prometheus's own Python client.
@Suite(
    .enabled(
        if: PrometheusParser.python != nil,
        "no Python with the prometheus_client package is found (ZEROTRACE_PYTHON, python3)"))
struct PrometheusParserTests {
    @Test func `another parser reads what was meant`() throws {
        let metrics = PrometheusMetrics(
            buckets: ["took": PrometheusBuckets([0.5])], help: ["odd_total": "A \\ and a\nline \"feed\"."],
            includesProcess: false)
        let values = [
            "plain", "", " ", "a\\b", "say \"hi\"", "two\nlines", "cr\r\nlf", "{a=\"b\"} 1", "ünï\u{1F600}", "\\n",
        ]
        for (count, value) in values.enumerated() {
            Counter(label: "odd", dimensions: [("label.name", value), ("le", "x")], factory: metrics)
                .increment(by: count + 1)
        }
        Metrics.Timer(label: "took", dimensions: [("a", "\"")], factory: metrics).recordMilliseconds(250)
        Meter(label: "level<Int>", factory: metrics).set(-1.5e-7)
        Meter(label: "nothing", factory: metrics).set(Double.nan)
        Meter(label: "much", factory: metrics).set(Double.infinity)
        let read = try PrometheusParser.read(metrics.render())

        for (count, value) in values.enumerated() {
            let sample = Sample(
                name: "odd_total", labels: ["label_name": value, "label_le": "x"], value: "\(count + 1).0")
            #expect(read.samples.contains(sample), "\(value.debugDescription)")
        }
        let rest = read.samples.filter { $0.name != "odd_total" }
        let label = ["a": "\""]
        #expect(
            Set(rest) == [
                Sample(name: "level_Int_", labels: [:], value: "-1.5e-07"),
                Sample(name: "much", labels: [:], value: "inf"),
                Sample(name: "nothing", labels: [:], value: "nan"),
                Sample(name: "telemetry_refusals_total", labels: [:], value: "0.0"),
                Sample(name: "took_seconds_bucket", labels: ["a": "\"", "le": "0.5"], value: "1.0"),
                Sample(name: "took_seconds_bucket", labels: ["a": "\"", "le": "+Inf"], value: "1.0"),
                Sample(name: "took_seconds_sum", labels: label, value: "0.25"),
                Sample(name: "took_seconds_count", labels: label, value: "1.0"),
            ])
        #expect(read.types["took_seconds"] == "histogram")
        // The parser names a counter's family without its ending.
        #expect(read.types["odd"] == "counter")
        #expect(read.helps["odd"] == "A \\ and a\nline \"feed\".")
    }

    @Test func `another parser reads hostile names and values`() throws {
        var random = SplitMix(seed: 0x5EED)
        let metrics = PrometheusMetrics(includesProcess: true)
        let alphabet = Array("ab_:.{}=\",\\\n\r\t #0é\u{0}\u{1F600}\u{2028}\u{85}".unicodeScalars)
        func text() -> String {
            var text = ""
            for _ in 0..<Int.random(in: 0...12, using: &random) {
                text.unicodeScalars.append(alphabet.randomElement(using: &random) ?? "a")
            }
            return text
        }
        for _ in 0..<400 {
            let dimensions = (0..<Int.random(in: 0...3, using: &random)).map { _ in (text(), text()) }
            switch Int.random(in: 0...2, using: &random) {
            case 0: Counter(label: text(), dimensions: dimensions, factory: metrics).increment()
            case 1: Meter(label: text(), dimensions: dimensions, factory: metrics).set(1)
            default: Metrics.Timer(label: text(), dimensions: dimensions, factory: metrics).recordSeconds(1)
            }
        }
        let exposition = metrics.render()
        let lines = exposition.unicodeScalars.split(separator: "\n").filter { $0.first != "#" }
        let read = try PrometheusParser.read(exposition)
        #expect(read.samples.count == lines.count)
        #expect(Set(read.samples.map { Sample(name: $0.name, labels: $0.labels, value: "") }).count == lines.count)
    }
}

/// A small repeatable source of random numbers (SplitMix64), so that what fails fails again.
private struct SplitMix: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// One line as the parser understood it.
struct Sample: Hashable, Decodable {
    let name: String
    let labels: [String: String]
    /// As Python writes the number, which JSON could not for those that are not finite.
    let value: String
}

/// A Python process that parses an exposition.
enum PrometheusParser {
    struct Reading: Decodable {
        let samples: [Sample]
        let types: [String: String]
        let helps: [String: String]
    }

    /// The first Python that can import `prometheus_client`.
    static let python: String? = {
        let named = ProcessInfo.processInfo.environment["ZEROTRACE_PYTHON"].map { [$0] } ?? []
        return (named + ["python3"]).first { (try? run($0, "import prometheus_client", input: "")) != nil }
    }()

    private static let script = """
        import io, json, sys
        from prometheus_client.parser import text_fd_to_metric_families
        text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", newline="\\n")
        families = list(text_fd_to_metric_families(text))
        print(json.dumps({
            "samples": [{"name": s.name, "labels": s.labels, "value": str(float(s.value))} for f in families for s in f.samples],
            "types": {f.name: f.type for f in families},
            "helps": {f.name: f.documentation for f in families},
        }))
        """

    static func read(_ exposition: String) throws -> Reading {
        try JSONDecoder().decode(Reading.self, from: run(python ?? "python3", script, input: exposition))
    }

    struct Failure: Error { let status: Int32 }

    private static func run(_ program: String, _ script: String, input: String) throws -> Data {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("exposition-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program, "-c", script]
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return bytes
    }
}
