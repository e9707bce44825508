import Foundation
import Scoring
import Testing

/// Compares scores with the `cvss` package of PyPI, which Red Hat maintains, on every base vector of 2.0 and 3.x and on
/// thousands of random full ones of each version.
@Suite(.enabled(if: CVSSOracle.python != nil, "no Python with the cvss package is found (ZEROTRACE_PYTHON, python3)"))
struct CVSSOracleTests {
    @Test(arguments: CVSSVersion.allCases)
    func `agrees on random full vectors`(_ version: CVSSVersion) throws {
        var random = SplitMix(seed: 20_261_122)
        let vectors = (0..<5000).map { count in
            VectorGenerator.vector(version, optional: count.isMultiple(of: 2) ? 0.2 : 0.9, using: &random)
        }
        try expectAgreement(on: vectors, version)
    }

    @Test(arguments: [CVSSVersion.v2, .v3_0, .v3_1])
    func `agrees on every base vector`(_ version: CVSSVersion) throws {
        try expectAgreement(on: VectorGenerator.baseVectors(version), version)
    }

    @Test func `agrees on every twentieth base vector of 4.0`() throws {
        let all = VectorGenerator.baseVectors(.v4_0)
        try #require(all.count == 104_976)
        // 19 has no factor in common with the number of values of any metric, so every value of each is met.
        try expectAgreement(on: stride(from: 0, to: all.count, by: 19).map { all[$0] }, .v4_0)
    }

    private func expectAgreement(on vectors: [String], _ version: CVSSVersion) throws {
        let expected = try CVSSOracle.scores(of: vectors)
        try #require(expected.count == vectors.count)
        for (text, oracle) in zip(vectors, expected) {
            let vector = try CVSSVector(text)
            if version == .v4_0 {
                #expect([vector.score] == oracle, "\(text)")
            } else {
                // The oracle gives the 3.x scores that a vector does not ask for, too.
                let ours = [vector.baseScore, vector.temporalScore, vector.environmentalScore]
                #expect(zip(ours, oracle).allSatisfy { $0 == nil || $0 == $1 }, "\(text): \(ours), oracle \(oracle)")
            }
        }
    }
}

/// A Python process that scores vectors, one a line.
enum CVSSOracle {
    /// The first Python that can import `cvss`.
    static let python: String? = {
        let named = ProcessInfo.processInfo.environment["ZEROTRACE_PYTHON"].map { [$0] } ?? []
        return (named + ["python3"]).first { (try? run($0, ["-c", "import cvss"], input: "")) != nil }
    }()

    private static let script = """
        import sys
        from cvss import CVSS2, CVSS3, CVSS4
        for line in sys.stdin:
            vector = line.strip()
            kind = CVSS4 if vector.startswith("CVSS:4") else CVSS3 if vector.startswith("CVSS:3") else CVSS2
            print(" ".join("nan" if score is None else str(score) for score in kind(vector).scores()))
        """

    /// The scores of each vector in the order base, temporal, environmental; of a 4.0 vector just the one.
    static func scores(of vectors: [String]) throws -> [[Double]] {
        let output = try run(python ?? "python3", ["-c", script], input: vectors.joined(separator: "\n"))
        return output.split(separator: "\n").map { $0.split(separator: " ").compactMap { Double($0) } }
    }

    struct Failure: Error { let status: Int32 }

    /// Input goes through a file: a pipe would have to be written while the output is read.
    private static func run(_ program: String, _ arguments: [String], input: String) throws -> String {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("cvss-oracle-\(UUID().uuidString)")
        try Data(input.utf8).write(to: file)
        defer { try? FileManager.default.removeItem(at: file) }
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [program] + arguments
        process.standardInput = try FileHandle(forReadingFrom: file)
        process.standardError = FileHandle.nullDevice
        let output = Pipe()
        process.standardOutput = output
        try process.run()
        let bytes = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else { throw Failure(status: process.terminationStatus) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
