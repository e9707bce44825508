/// The counts and the risk of an inventory.
package struct InventorySummary: Hashable, Sendable {
    /// Distinct vulnerabilities.
    package var counts = SeverityCounts()
    /// Highest risk of an affected vulnerability, in tenths.
    package var risk = 0

    /// Of an inventory without vulnerabilities.
    package init() {}

    /// Of an inventory with these.
    package init(_ states: some Sequence<VulnerabilityState>) {
        for state in states { add(state, 1) }
    }

    /// Moves counts and risk by changes.
    ///
    /// - Returns: False when the riskiest vulnerability went away, so that ``risk`` is too high and must be found anew.
    package mutating func apply(_ changes: [StateChange]) -> Bool {
        let before = risk
        var lostRiskiest = false
        for change in changes {
            if let old = change.old {
                add(old, -1)
                if old.isAffected && old.risk >= before { lostRiskiest = true }
            }
            if let new = change.new { add(new, 1) }
        }
        let regained = changes.contains { $0.new.map { $0.isAffected && $0.risk >= before } ?? false }
        return !lostRiskiest || regained
    }

    private mutating func add(_ state: VulnerabilityState, _ sign: Int) {
        guard state.isAffected else {
            counts.undetermined += sign
            return
        }
        switch state.severity {
        case 5: counts.critical += sign
        case 4: counts.high += sign
        case 3: counts.medium += sign
        case 2: counts.low += sign
        default: counts.unknown += sign
        }
        if state.isExploited { counts.exploited += sign }
        if state.isFixable { counts.fixable += sign }
        if sign > 0 { risk = max(risk, state.risk) }
    }
}
