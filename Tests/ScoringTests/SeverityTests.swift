import Foundation
import Scoring
import Testing

@Suite struct SeverityTests {
    @Test(
        arguments: [
            (0, .none), (0.1, .low), (3.9, .low), (3.95, .low), (4, .medium), (6.9, .medium), (7, .high), (8.9, .high),
            (9, .critical), (10, .critical), (10.1, .unknown), (-0.1, .unknown), (.nan, .unknown),
            (.infinity, .unknown),
        ] as [(Double, Severity)])
    func `follows the qualitative scale`(_ score: Double, _ severity: Severity) {
        #expect(Severity(score: score) == severity)
    }

    @Test func `goes from low to high in CVSS 2`() {
        #expect(Severity(score: 0, version: .v2) == .low)
        #expect(Severity(score: 3.9, version: .v2) == .low)
        #expect(Severity(score: 7, version: .v2) == .high)
        #expect(Severity(score: 10, version: .v2) == .high)
        #expect(Severity(score: .nan, version: .v2) == .unknown)
        #expect(Severity(score: 0, version: .v3_1) == .none)
        #expect(Severity(score: 4, version: .v2) == .medium)
        #expect(Severity(score: 10, version: .v4_0) == .critical)
    }

    @Test func `is ordered from unknown to critical`() {
        let order: [Severity] = [.unknown, .none, .low, .medium, .high, .critical]
        #expect(Severity.allCases.shuffled().sorted() == order)
        #expect(zip(order, order.dropFirst()).allSatisfy(<))
    }

    @Test func `is coded as its word`() throws {
        let coded = try JSONEncoder().encode(Severity.allCases)
        #expect(String(decoding: coded, as: UTF8.self) == #"["unknown","none","low","medium","high","critical"]"#)
    }
}
