import { ErrorNotice } from "@/components/error-notice"
import { Notice } from "@/components/notice"
import { SearchField } from "@/components/search-field"
import { SeverityTally } from "@/components/severity"
import { SkeletonRows } from "@/components/skeleton"
import { TimeAgo } from "@/components/time-ago"
import { Link } from "@/components/link"
import { WindowedList } from "@/components/windowed-list"
import { agentPackagesQuery } from "@/features/agents/api/list-agent-packages"
import { useAdvisoryState } from "@/hooks/use-advisory-state"
import { useIsNarrow } from "@/hooks/use-media-query"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { paths } from "@/lib/paths"
import type { AgentDetail, AgentPackage } from "@/types/api"

const heading = (
  <>
    <span role="columnheader" className="cell-name">Package</span>
    <span role="columnheader" className="cell-version">Version</span>
    <span role="columnheader" className="cell-type">Type</span>
    <span role="columnheader" className="cell-source">Source</span>
    <span role="columnheader" className="cell-tally" title="critical, high, medium, low, unknown">Crit High Med Low Unk</span>
    <span role="columnheader" className="cell-seen">Since</span>
  </>
)

/** The packages of one agent. */
export function AgentPackages({ agent }: { readonly agent: AgentDetail }) {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const search = parameters.get("q") ?? ""
  const list = usePagedQuery(agentPackagesQuery(api, agent.id, search))
  const isComputable = useAdvisoryState() !== "missing"
  const rowHeight = useIsNarrow() ? 58 : 34

  if (agent.inventory_state === "none") {
    return (
      <Notice kind="vacant" title="No inventory yet">
        <p>The agent is enrolled, but has not sent its packages. It does so within minutes of its first start.</p>
      </Notice>
    )
  }
  return (
    <div className="tab-body">
      <div className="list-tools list-tools-inner">
        <SearchField label="Search packages" value={search} onSearch={(q) => change({ q })} />
      </div>
      {list.items === undefined && list.error ? (
        <ErrorNotice error={list.error} task="load the packages" onRetry={list.retry} />
      ) : list.items === undefined ? (
        <SkeletonRows label="packages" rowHeight={rowHeight} />
      ) : list.items.length > 0 ? (
        <WindowedList
          className="list-packages"
          label="Packages"
          list={list}
          items={list.items}
          keyOf={(item) => item.purl}
          rowHeight={rowHeight}
          heading={heading}
          renderRow={(item) => <PackageRow agent={agent} item={item} isComputable={isComputable} />}
        />
      ) : search ? (
        <Notice kind="unmatched" title="No package matches">
          <button type="button" className="button" onClick={() => change({ q: null })}>
            Clear search
          </button>
        </Notice>
      ) : agent.applied_digest === null ? (
        <Notice kind="pending" title="Not computed yet">
          <p>The inventory has arrived; its packages are listed as soon as it is computed.</p>
        </Notice>
      ) : (
        <Notice kind="clear" title="No packages">
          <p>The agent found no packages on this machine.</p>
        </Notice>
      )}
    </div>
  )
}

interface PackageRowProps {
  readonly agent: AgentDetail
  readonly item: AgentPackage
  readonly isComputable: boolean
}

function PackageRow({ agent, item, isComputable }: PackageRowProps) {
  const hasFindings = item.counts.total > 0
  const findings = `${paths.agent(agent.id)}?q=${encodeURIComponent(item.name)}`
  return (
    <>
      <span role="cell" className="cell-name" title={item.purl}>
        {hasFindings ? (
          <Link to={findings} className="row-link" data-row-link aria-label={`${item.name}, show its findings`}>
            {item.name}
          </Link>
        ) : (
          <span tabIndex={-1} data-row-link>{item.name}</span>
        )}
      </span>
      <span role="cell" className="cell-version faint">{item.version ?? "no version"}</span>
      <span role="cell" className="cell-type faint">{item.type}</span>
      <span role="cell" className="cell-source faint">{item.source === item.name ? "" : item.source}</span>
      <span role="cell" className="cell-tally">
        {!isComputable ? (
          <span className="not-computed">not computed</span>
        ) : (
          hasFindings && <SeverityTally counts={item.counts} />
        )}
      </span>
      <span role="cell" className="cell-seen figure faint">
        <TimeAgo at={item.since} short />
      </span>
    </>
  )
}
