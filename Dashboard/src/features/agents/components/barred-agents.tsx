import { Link } from "@/components/link"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { barredAgentsQuery } from "@/features/agents/api/barred-agents"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { formatPlural } from "@/lib/format"
import { paths } from "@/lib/paths"

/** The agents that are kept out, where there are any: a key on two machines wants to be looked at. */
export function BarredAgents() {
  const { api } = useServices()
  const { data } = useQuery(barredAgentsQuery(api))
  if (!data || data.items.length === 0) return null
  return (
    <Notice kind="barred" title={`${formatPlural(data.items.length, "agent")} kept out`}>
      <ul className="barred" aria-label="Agents kept out">
        {data.items.map(({ id, hostname, standing, reason, since }) => (
          <li key={id}>
            <Link to={paths.agent(id)}>{hostname}</Link> {standing} <TimeAgo at={since} />: {reason}
          </li>
        ))}
      </ul>
    </Notice>
  )
}
