import Foundation
import Scoring
import Testing

@Suite struct RiskTests {
    private static let probabilities = [0, 0.0004, 0.001, 0.01, 0.05, 0.1, 0.36, 0.5, 0.94, 1]
    private static let scores = stride(from: 0, through: 100, by: 1).map { Double($0) / 10 }
    private static let exploitations: [KnownExploitation?] = [nil, kev(ransomware: false), kev(ransomware: true)]

    private static func kev(ransomware: Bool) -> KnownExploitation {
        KnownExploitation(dateAdded: "2021-12-10", dueDate: "2021-12-24", ransomware: ransomware)
    }

    /// None, unverified, verified, with a module.
    private static let exploits: [PublicExploits?] = [
        nil, PublicExploits(exploitDatabase: [1]), PublicExploits(exploitDatabase: [1], isVerified: true),
        PublicExploits(metasploit: ["exploit/a"]),
    ]

    private func risk(
        _ cvss: Double?, _ probability: Double?, _ exploitation: KnownExploitation? = nil,
        exploits: PublicExploits? = nil
    ) -> Risk {
        Risk(
            cvss: cvss, severity: .unknown,
            epss: probability.map { EPSSScore(probability: $0, percentile: 0.5) }, exploitation: exploitation,
            exploits: exploits)
    }

    @Test(
        arguments: [
            (9.8, 0.94, kev(ransomware: true), [44.1, 24.2, 31.2, 99.5]),
            (5.5, 0.05, kev(ransomware: false), [24.8, 5.6, 53.3, 83.7]),
            (9.8, 0.94, nil, [44.1, 24.2, 0, 68.3]),
            (7.5, 0.01, nil, [33.8, 2.5, 0, 36.3]),
            (nil, nil, nil, [18, 0, 0, 18]),
            (10, 1, nil, [45, 25, 0, 70]),
            (0, 0, nil, [0, 0, 0, 0]),
            (0, 0, kev(ransomware: false), [0, 0, 75, 75]),
            (10, 1, kev(ransomware: true), [45, 25, 30, 100]),
        ] as [(Double?, Double?, KnownExploitation?, [Double])])
    func `is the documented sum`(
        _ cvss: Double?, _ probability: Double?, _ exploitation: KnownExploitation?, _ expected: [Double]
    ) {
        let risk = risk(cvss, probability, exploitation)
        #expect([risk.severityPart, risk.likelihoodPart, risk.exploitedPart, risk.value] == expected)
    }

    @Test(
        arguments: [
            (0.01, PublicExploits(metasploit: ["exploit/a"]), [33.8, 2.5, 9, 45.3]),
            (0, PublicExploits(metasploit: ["auxiliary/a"]), [33.8, 0, 10, 43.8]),
            (0, PublicExploits(exploitDatabase: [7]), [33.8, 0, 5, 38.8]),
            (0.9, PublicExploits(exploitDatabase: [7], isVerified: true), [33.8, 23.7, 0.5, 58]),
            (1, PublicExploits(exploitDatabase: [7], isVerified: true), [33.8, 25, 0, 58.8]),
            (0.01, PublicExploits(), [33.8, 2.5, 0, 36.3]),
            // A flag without an entry is nobody's exploit.
            (0.01, PublicExploits(isVerified: true), [33.8, 2.5, 0, 36.3]),
        ] as [(Double, PublicExploits, [Double])])
    func `public exploits close a part of the gap to certainty`(
        _ probability: Double, _ exploits: PublicExploits, _ expected: [Double]
    ) {
        let risk = risk(7.5, probability, exploits: exploits)
        #expect([risk.severityPart, risk.likelihoodPart, risk.exploitPart, risk.value] == expected)
    }

    @Test func `never falls when exploits become public and ready`() {
        for exploitation in Self.exploitations {
            for probability in stride(from: 0, through: 1, by: 0.01) {
                for score in stride(from: 0, through: 10, by: 0.5) {
                    expectRising(Self.exploits.map { risk(score, probability, exploitation, exploits: $0) })
                }
            }
        }
    }

    @Test func `never falls when the probability rises beside exploits`() {
        for exploits in Self.exploits {
            for exploitation in Self.exploitations {
                expectRising(
                    stride(from: 0, through: 1, by: 0.0005).map { risk(6.1, $0, exploitation, exploits: exploits) })
            }
        }
    }

    @Test func `reads what was written before exploits had a part`() throws {
        let old = #"{"value": 36.3, "severityPart": 33.8, "likelihoodPart": 2.5, "exploitedPart": 0}"#
        #expect(try JSONDecoder().decode(Risk.self, from: Data(old.utf8)) == risk(7.5, 0.01))
    }

    @Test func `never falls when the score rises`() {
        for exploitation in Self.exploitations {
            for probability in Self.probabilities {
                expectRising(Self.scores.map { risk($0, probability, exploitation) })
            }
        }
    }

    @Test func `never falls when the probability rises`() {
        for exploitation in Self.exploitations {
            for score in Self.scores {
                expectRising(Self.probabilities.map { risk(score, $0, exploitation) })
            }
        }
    }

    @Test func `never falls when exploitation becomes known or ransomware uses it`() {
        for probability in Self.probabilities {
            for score in Self.scores {
                expectRising(Self.exploitations.map { risk(score, probability, $0) })
            }
        }
    }

    @Test func `never falls along the severity words`() {
        let words: [Severity] = [.none, .low, .medium, .high, .critical]
        for exploitation in Self.exploitations {
            expectRising(words.map { Risk(cvss: nil, severity: $0, epss: nil, exploitation: exploitation) })
        }
    }

    @Test func `a word stands for a score of its own band`() {
        for word in Severity.allCases where word != .unknown {
            #expect(Severity(score: Risk.representativeScore(of: word)) == word)
        }
    }

    @Test func `what is exploited ranks above everything that is not`() {
        let worstOther = risk(10, 1, exploits: Self.exploits[3])
        let leastExploited = Risk(
            cvss: 0, severity: .none, epss: nil, exploitation: Self.kev(ransomware: false))
        #expect(leastExploited.value > worstOther.value)
    }

    @Test func `parts add up and stay within 0 to 100`() {
        for exploitation in Self.exploitations {
            for probability in Self.probabilities {
                for score in Self.scores {
                    for exploits in Self.exploits {
                        let risk = risk(score, probability, exploitation, exploits: exploits)
                        let sum = risk.severityPart + risk.likelihoodPart + risk.exploitPart + risk.exploitedPart
                        #expect(abs(sum - risk.value) < 1e-9)
                        #expect((0...100).contains(risk.value))
                        #expect((exploitation == nil) == (risk.exploitedPart == 0))
                        #expect((0...10).contains(risk.exploitPart))
                    }
                }
            }
        }
    }

    @Test func `a score outranks the word beside it`() {
        let scored = Risk(cvss: 3, severity: .critical, epss: nil, exploitation: nil)
        #expect(scored.value == 13.5)
    }

    @Test(
        arguments: [(Double.nan, 18), (.infinity, 45), (-Double.infinity, 0), (-3, 0), (11, 45)] as [(Double, Double)])
    func `hostile scores are bounded`(_ cvss: Double, _ value: Double) {
        #expect(risk(cvss, nil).value == value)
    }

    @Test func `an unrated vulnerability does not sink below a harmless one`() {
        #expect(risk(nil, nil).value > Risk(cvss: nil, severity: .low, epss: nil, exploitation: nil).value)
    }

    @Test func `survives coding`() throws {
        let risk = risk(9.8, 0.94, Self.kev(ransomware: true))
        #expect(try JSONDecoder().decode(Risk.self, from: JSONEncoder().encode(risk)) == risk)
    }

    private func expectRising(_ risks: [Risk]) {
        for (lower, higher) in zip(risks, risks.dropFirst()) {
            #expect(lower.value <= higher.value, "\(lower) before \(higher)")
        }
    }
}
