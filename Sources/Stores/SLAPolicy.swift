import Foundation
import Matching
import Scoring

/// Within how many days a company wants findings dealt with, counted from when they were first seen. The shortest of what applies counts.
public struct SLAPolicy: Sendable, Hashable {
    /// By severity; a severity that is missing sets no date.
    public var severity: [Severity: Int]
    /// By CISA's decision.
    public var decision: [SSVCDecision: Int]
    /// What is known to be exploited; `nil` sets no date.
    public var exploited: Int?

    /// Days that can be set.
    public static let days = 0...3_650

    /// Sets no dates unless told to.
    public init(severity: [Severity: Int] = [:], decision: [SSVCDecision: Int] = [:], exploited: Int? = nil) {
        self.severity = severity
        self.decision = decision
        self.exploited = exploited
    }

    /// Whether it sets no dates at all.
    public var isEmpty: Bool { severity.isEmpty && decision.isEmpty && exploited == nil }

    /// Days for a vulnerability; `nil` when none of the rules applies.
    public func days(for record: VulnerabilityRecord) -> Int? {
        days(
            severity: record.severity, isExploited: record.kev != nil,
            decision: decision.isEmpty ? nil : record.ssvcAssessment.decision)
    }

    /// The same of what the rules look at.
    func days(severity: Severity, isExploited: Bool, decision: SSVCDecision?) -> Int? {
        [self.severity[severity], decision.flatMap { self.decision[$0] }, isExploited ? exploited : nil]
            .compactMap(\.self).min()
    }

    /// When a finding is due that was first seen then.
    public func due(_ record: VulnerabilityRecord, firstSeen: Date) -> Date? {
        days(for: record).map { firstSeen.addingTimeInterval(Double($0) * 86_400) }
    }
}
