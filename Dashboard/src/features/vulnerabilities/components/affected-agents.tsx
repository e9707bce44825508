import { AdvisoriesMissing } from "@/components/advisory-warning"
import { ErrorNotice } from "@/components/error-notice"
import { ExposureBadge } from "@/components/exposure-badge"
import { Link } from "@/components/link"
import { Notice } from "@/components/notice"
import { SkeletonRows } from "@/components/skeleton"
import { TimeAgo } from "@/components/time-ago"
import { WindowedList } from "@/components/windowed-list"
import { affectedAgentsQuery } from "@/features/vulnerabilities/api/list-affected-agents"
import { useAdvisoryState } from "@/hooks/use-advisory-state"
import { useFleetState } from "@/hooks/use-fleet-state"
import { useIsNarrow } from "@/hooks/use-media-query"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { paths } from "@/lib/paths"
import type { AffectedAgent, PackageURL, VulnerabilitySummary } from "@/types/api"

const heading = (
  <>
    <span role="columnheader" className="cell-host">Host</span>
    <span role="columnheader" className="cell-package">Package</span>
    <span role="columnheader" className="cell-action">Fixed in</span>
    <span role="columnheader" className="cell-seen">Since</span>
    <span role="columnheader" className="cell-why">Why</span>
  </>
)

/** The agents that have it, each with the packages that carry it. */
export function AffectedAgents({ item }: { readonly item: VulnerabilitySummary }) {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const list = usePagedQuery(affectedAgentsQuery(api, item.id))
  const chosen = parameters.get("package")
  const rowHeight = useIsNarrow() ? 76 : 38

  if (list.items === undefined) {
    return list.error ? (
      <ErrorNotice error={list.error} task="load the affected agents" onRetry={list.retry} />
    ) : (
      <SkeletonRows label="affected agents" rowHeight={rowHeight} />
    )
  }
  if (list.items.length === 0) return <NobodyAffected />
  return (
    <WindowedList
      className="list-affected"
      label="Affected agents"
      list={list}
      items={list.items}
      keyOf={({ agent }) => agent.id}
      rowHeight={rowHeight}
      heading={heading}
      renderRow={(row) => <AffectedRow row={row} chosen={chosen} onExplain={(purl) => change({ package: purl })} />}
    />
  )
}

interface AffectedRowProps {
  readonly row: AffectedAgent
  readonly chosen: string | null
  readonly onExplain: (purl: PackageURL) => void
}

function AffectedRow({ row, chosen, onExplain }: AffectedRowProps) {
  const { agent, packages } = row
  const first = packages.find(({ purl }) => purl === chosen) ?? packages[0]
  if (!first) return null
  return (
    <>
      <span role="cell" className="cell-host">
        <Link to={paths.agent(agent.id)} className="row-link" data-row-link>
          {agent.hostname}
        </Link>
      </span>
      <span role="cell" className="cell-package" title={packages.map(({ purl }) => purl).join("\n")}>
        <span className="package-name">
          {first.name} <span className="faint">{first.version}</span>
        </span>
        {packages.length > 1 && <span className="more-count">+{packages.length - 1}</span>}
        <ExposureBadge exposure={row.exposure} />
      </span>
      <span role="cell" className="cell-action">
        {first.fixed_version ? <span className="action-fix">{first.fixed_version}</span> : <span className="faint">no fix yet</span>}
      </span>
      <span role="cell" className="cell-seen figure faint">
        <TimeAgo at={first.first_seen} short />
      </span>
      <span role="cell" className="cell-why">
        <button
          type="button"
          className="button button-quiet row-button"
          aria-pressed={first.purl === chosen}
          aria-label={`Why is ${first.name} on ${agent.hostname} affected?`}
          onClick={() => onExplain(first.purl)}
        >
          why
        </button>
      </span>
    </>
  )
}

/** No agent in the list is good news only when everything was looked at. */
function NobodyAffected() {
  const advisories = useAdvisoryState()
  const fleet = useFleetState()
  if (advisories === "missing") return <AdvisoriesMissing />
  if (fleet === "no-agents") {
    return (
      <Notice kind="vacant" title="No agents enrolled yet">
        <p>
          <Link to={paths.agents}>How to enroll one</Link>
        </p>
      </Notice>
    )
  }
  if (fleet === "not-computed") return <Notice kind="pending" title="Not computed yet" />
  return (
    <Notice kind="clear" title="No agent is affected">
      <p>The feeds know this vulnerability, but none of your agents' packages carry it.</p>
    </Notice>
  )
}
