import Foundation
import Scoring
import Testing

@Suite struct SSVCDecisionTests {
    /// CISA's published table: exploitation, automatable, technical impact, then the decision for mission low, medium, high.
    @Test(arguments: [
        "none no partial track track track", "none no total track track track*",
        "none yes partial track track attend", "none yes total track track attend",
        "poc no partial track track track*", "poc no total track track* attend",
        "poc yes partial track track attend", "poc yes total track track* attend",
        "active no partial track track attend", "active no total track attend act",
        "active yes partial attend attend act", "active yes total attend act act",
    ])
    func `is the published one for every combination`(_ row: String) throws {
        let words = row.split(separator: " ").map(String.init)
        let points = SSVCDecisionPoints(
            exploitation: try #require(.init(rawValue: words[0])), isAutomatable: words[1] == "yes",
            technicalImpact: try #require(.init(rawValue: words[2])))
        let decisions = SSVCDecision.MissionImpact.allCases.map { SSVCDecision(points, mission: $0) }
        #expect(decisions.map(\.rawValue) == Array(words[3...]))
        #expect(SSVCDecision(points) == decisions[1], "medium stands in")
        #expect(decisions == decisions.sorted(), "more at stake is never less urgent")
    }

    @Test func `is ordered by urgency`() {
        #expect(SSVCDecision.allCases.shuffled().sorted() == [.track, .trackClosely, .attend, .act])
    }
}

@Suite struct SSVCAssessmentTests {
    private static let kev = KnownExploitation(dateAdded: "2021-12-10", dueDate: nil, ransomware: false)
    private static let wormable = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:H/A:H"

    @Test func `what is stated is taken as stated`() {
        let points = SSVCDecisionPoints(exploitation: .active, isAutomatable: true, technicalImpact: .total)
        let assessment = SSVCAssessment(stated: points, mission: .high)
        #expect(assessment.points == points)
        #expect(assessment.assumed == [])
        #expect(assessment.decision == .act)
    }

    @Test func `KEV and exploits say more than an older statement, never less`() {
        let points = SSVCDecisionPoints(exploitation: .none, isAutomatable: false, technicalImpact: .total)
        let exploits = PublicExploits(exploitDatabase: [1])
        #expect(SSVCAssessment(stated: points, exploitation: Self.kev).points.exploitation == .active)
        #expect(SSVCAssessment(stated: points, exploits: exploits).points.exploitation == .poc)
        #expect(SSVCAssessment(stated: points, exploits: PublicExploits()).points.exploitation == .none)
        var active = points
        active.exploitation = .active
        #expect(SSVCAssessment(stated: active, exploits: exploits).points.exploitation == .active)
        #expect(SSVCAssessment(stated: points).assumed == [.mission])
    }

    @Test func `nothing known is assumed to be harmless, and said to be assumed`() {
        let assessment = SSVCAssessment(stated: nil)
        #expect(
            assessment.points
                == SSVCDecisionPoints(exploitation: .none, isAutomatable: false, technicalImpact: .partial))
        #expect(assessment.assumed == SSVCAssessment.Point.allCases)
        #expect(assessment.mission == .medium)
        #expect(assessment.decision == .track)
    }

    @Test func `exploitation that is known is not assumed`() throws {
        let assessment = SSVCAssessment(
            stated: nil, exploitation: Self.kev, vector: try CVSSVector(Self.wormable), mission: .medium)
        #expect(assessment.assumed == [.automatable, .technicalImpact])
        #expect(assessment.decision == .act)
    }

    @Test(
        arguments: [
            (wormable, true, .total), ("CVSS:3.0/AV:N/AC:L/PR:N/UI:N/S:C/C:H/I:L/A:N", true, .partial),
            ("CVSS:3.1/AV:N/AC:L/PR:N/UI:R/S:U/C:H/I:H/A:H", false, .total),
            ("CVSS:3.1/AV:L/AC:L/PR:N/UI:N/S:U/C:N/I:N/A:H", false, .partial),
            ("AV:N/AC:L/Au:N/C:C/I:C/A:C", true, .total), ("AV:N/AC:M/Au:N/C:C/I:C/A:C", false, .total),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N", true, .total),
            ("CVSS:4.0/AV:N/AC:L/AT:N/PR:N/UI:N/VC:H/VI:H/VA:N/SC:N/SI:N/SA:N/AU:N", false, .total),
            ("CVSS:4.0/AV:L/AC:H/AT:P/PR:L/UI:A/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N/AU:Y", true, .partial),
            ("CVSS:4.0/AV:N/AC:L/AT:P/PR:N/UI:N/VC:L/VI:N/VA:N/SC:N/SI:N/SA:N", false, .partial),
        ] as [(String, Bool, SSVCDecisionPoints.TechnicalImpact)])
    func `a vector stands in for what nobody stated`(
        _ vector: String, _ isAutomatable: Bool, _ impact: SSVCDecisionPoints.TechnicalImpact
    ) throws {
        let points = SSVCAssessment(stated: nil, vector: try CVSSVector(vector)).points
        #expect(points.isAutomatable == isAutomatable)
        #expect(points.technicalImpact == impact)
    }

    @Test func `survives coding`() throws {
        let assessment = SSVCAssessment(stated: nil, exploitation: Self.kev)
        let coded = try JSONEncoder().encode(assessment)
        #expect(try JSONDecoder().decode(SSVCAssessment.self, from: coded) == assessment)
    }
}
