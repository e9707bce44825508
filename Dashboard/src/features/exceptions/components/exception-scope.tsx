import { Link } from "@/components/link"
import { paths } from "@/lib/paths"
import type { RiskException } from "@/types/api"

/** What an exception is about, in words. */
export function ExceptionScope({ item }: { readonly item: RiskException }) {
  const { vulnerability, package: purl, label, agent_id } = item
  return (
    <span>
      {vulnerability === null ? "every vulnerability" : <Link to={paths.vulnerability(vulnerability)} className="bright-link">{vulnerability}</Link>}
      {purl !== null && <> of {purl}</>}
      {label !== null && <> on agents labelled {label}</>}
      {agent_id !== null && <> on <Link to={paths.agent(agent_id)} className="bright-link">one agent</Link></>}
      {purl === null && label === null && agent_id === null && <span className="faint"> on every agent</span>}
    </span>
  )
}
