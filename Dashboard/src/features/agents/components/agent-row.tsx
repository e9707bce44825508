import { InventoryStateBadge } from "@/components/inventory-state"
import { Link } from "@/components/link"
import { RiskMeter } from "@/components/risk-meter"
import { SeverityTally } from "@/components/severity"
import { SilentBadge } from "@/components/silent-badge"
import { TimeAgo } from "@/components/time-ago"
import { formatCount } from "@/lib/format"
import { paths } from "@/lib/paths"
import type { AgentSummary } from "@/types/api"

export const agentRowHeading = (
  <>
    <span role="columnheader" className="cell-host">Host</span>
    <span role="columnheader" className="cell-os">System</span>
    <span role="columnheader" className="cell-state">State</span>
    <span role="columnheader" className="cell-risk">Risk</span>
    <span role="columnheader" className="cell-tally" title="critical, high, medium, low, unknown">Crit High Med Low Unk</span>
    <span role="columnheader" className="cell-packages">Packages</span>
    <span role="columnheader" className="cell-seen">Seen</span>
  </>
)

interface AgentRowProps {
  readonly agent: AgentSummary
  /** False while no advisories are loaded. */
  readonly isComputable: boolean
}

/** One agent. Where nothing is computed yet there is a word, not a zero. */
export function AgentRow({ agent, isComputable }: AgentRowProps) {
  const hasNumbers = isComputable && (agent.inventory_state === "current" || agent.counts.total > 0)
  return (
    <>
      <span role="cell" className="cell-host">
        <Link to={paths.agent(agent.id)} className="row-link" data-row-link>
          {agent.hostname}
        </Link>
      </span>
      <span role="cell" className="cell-os faint">{agent.os?.name ?? "unknown system"}</span>
      <span role="cell" className="cell-state">
        {agent.silent ? <SilentBadge since={agent.last_seen_at} /> : <InventoryStateBadge state={agent.inventory_state} />}
      </span>
      <span role="cell" className="cell-risk">
        {hasNumbers ? <RiskMeter value={agent.risk} /> : <NotComputed agent={agent} />}
      </span>
      <span role="cell" className="cell-tally">{hasNumbers && <SeverityTally counts={agent.counts} />}</span>
      <span role="cell" className="cell-packages figure">
        {agent.inventory_state !== "current" && agent.packages === 0 ? <span className="faint">–</span> : formatCount(agent.packages)}
      </span>
      <span role="cell" className="cell-seen figure faint">
        <TimeAgo at={agent.last_seen_at} short />
      </span>
    </>
  )
}

function NotComputed({ agent }: { readonly agent: AgentSummary }) {
  return <span className="not-computed">{agent.inventory_state === "none" ? "no data" : "not computed"}</span>
}
