import { Link } from "@/components/link"
import { formatCount } from "@/lib/format"
import { paths } from "@/lib/paths"
import type { Overview } from "@/types/api"

/** Agents by the state of their inventory. */
export function AgentsPanel({ agents }: { readonly agents: Overview["agents"] }) {
  const current = Math.max(agents.total - agents.without_inventory - agents.pending, 0)
  const states = [
    { state: "current", label: "up to date", count: current },
    { state: "pending", label: "being computed", count: agents.pending },
    { state: "none", label: "no inventory yet", count: agents.without_inventory },
  ]
  return (
    <div className="agents-panel">
      <Link to={paths.agents} className="big-figure" aria-label={`${agents.total} agents`}>
        {formatCount(agents.total)}
      </Link>
      <span className="bar" aria-hidden="true">
        {states.filter(({ count }) => count > 0).map(({ state, count }) => (
          <span key={state} className={`bar-part fill-state-${state}`} style={{ flexGrow: count }} />
        ))}
      </span>
      <ul className="plain">
        {states.map(({ state, label, count }) => (
          <li key={state}>
            <Link to={`${paths.agents}?state=${state}`} className={`state-row ${count === 0 ? "faint" : ""}`}>
              <span className={`state-dot state-${state}`} aria-hidden="true" />
              <span>{label}</span>
              <span className="figure">{formatCount(count)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </div>
  )
}
