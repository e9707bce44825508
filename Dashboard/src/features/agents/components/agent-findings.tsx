import { AdvisoriesMissing } from "@/components/advisory-warning"
import { ErrorNotice } from "@/components/error-notice"
import { ToggleFilter } from "@/components/filters"
import { Notice } from "@/components/notice"
import { SearchField } from "@/components/search-field"
import { SkeletonRows } from "@/components/skeleton"
import { isFiltering, noFilters, VulnerabilityFilters, vulnerabilityFilterFrom } from "@/components/vulnerability-filters"
import { WindowedList } from "@/components/windowed-list"
import { agentFindingsQuery } from "@/features/agents/api/list-agent-findings"
import { FindingRow, findingRowHeading } from "@/features/agents/components/finding-row"
import { useAdvisoryState } from "@/hooks/use-advisory-state"
import { useIsNarrow } from "@/hooks/use-media-query"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { formatCount } from "@/lib/format"
import type { AgentDetail } from "@/types/api"

/** The vulnerabilities of one agent with what to do about each. */
export function AgentFindings({ agent }: { readonly agent: AgentDetail }) {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const undetermined = parameters.get("undetermined") === "true"
  const filter = { ...vulnerabilityFilterFrom(parameters), undetermined }
  const list = usePagedQuery(agentFindingsQuery(api, agent.id, filter))
  const advisories = useAdvisoryState()
  const rowHeight = useIsNarrow() ? 98 : 38

  if (advisories === "missing" && agent.inventory_state !== "none") return <AdvisoriesMissing />
  if (agent.applied_digest === null) return <NotComputedYet agent={agent} />
  return (
    <div className="tab-body">
      <div className="list-tools list-tools-inner">
        <SearchField label="Search findings and packages" value={filter.search} onSearch={(q) => change({ q })} />
        <VulnerabilityFilters filter={filter} onChange={change} />
        {(agent.counts.undetermined > 0 || undetermined) && (
          <ToggleFilter
            label={`undecided ${formatCount(agent.counts.undetermined)}`}
            title="What could not be decided, instead of what is affected"
            isOn={undetermined}
            onChange={(isOn) => change({ undetermined: isOn ? "true" : null })}
          />
        )}
      </div>
      {list.items === undefined && list.error ? (
        <ErrorNotice error={list.error} task="load the findings" onRetry={list.retry} />
      ) : list.items === undefined ? (
        <SkeletonRows label="findings" rowHeight={rowHeight} />
      ) : list.items.length > 0 ? (
        <WindowedList
          className="list-findings"
          label="Findings"
          list={list}
          items={list.items}
          keyOf={(finding) => finding.vulnerability.id}
          rowHeight={rowHeight}
          heading={findingRowHeading}
          renderRow={(finding) => <FindingRow finding={finding} />}
        />
      ) : isFiltering(filter) || undetermined ? (
        <Notice kind="unmatched" title="No finding matches">
          <p>Nothing on this agent fits the filters.</p>
          <button type="button" className="button" onClick={() => change(noFilters)}>
            Clear filters
          </button>
        </Notice>
      ) : (
        <Notice kind="clear" title="Nothing found">
          <p>All {formatCount(agent.packages)} packages were checked. No known vulnerability affects them.</p>
        </Notice>
      )}
    </div>
  )
}

function NotComputedYet({ agent }: { readonly agent: AgentDetail }) {
  if (agent.inventory_state === "none") {
    return (
      <Notice kind="vacant" title="No inventory yet">
        <p>The agent is enrolled, but has not sent its packages. It does so within minutes of its first start.</p>
      </Notice>
    )
  }
  return (
    <Notice kind="pending" title="Not computed yet">
      <p>The inventory has arrived and is being matched against the advisories. This page changes by itself.</p>
    </Notice>
  )
}
