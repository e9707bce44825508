import { AdvisoriesMissing } from "@/components/advisory-warning"
import { EnrollmentGuide } from "@/components/enrollment-guide"
import { ErrorNotice } from "@/components/error-notice"
import { ChoiceFilter, ToggleFilter } from "@/components/filters"
import { Notice } from "@/components/notice"
import { SearchField } from "@/components/search-field"
import { SkeletonRows } from "@/components/skeleton"
import { WindowedList } from "@/components/windowed-list"
import { type AgentFilter, agentSorts, agentsQuery, type AgentSort } from "@/features/agents/api/list-agents"
import { AgentRow, agentRowHeading } from "@/features/agents/components/agent-row"
import { BarredAgents } from "@/features/agents/components/barred-agents"
import { useAdvisoryState } from "@/hooks/use-advisory-state"
import { useIsNarrow } from "@/hooks/use-media-query"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"
import type { InventoryState } from "@/types/api"

const states = [
  { value: "", label: "all states" },
  { value: "current", label: "up to date" },
  { value: "pending", label: "computing" },
  { value: "none", label: "no inventory" },
] as const

const sortLabels: Readonly<Record<AgentSort, string>> = {
  risk: "highest risk",
  hostname: "host name",
  last_seen: "longest unseen",
}

/** All agents of the company. */
export function AgentsPage() {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const filter = filterFrom(parameters)
  const list = usePagedQuery(agentsQuery(api, filter))
  const advisories = useAdvisoryState()
  const rowHeight = useIsNarrow() ? 76 : 38
  useTitle("Agents")

  return (
    <div className="page page-list">
      <div className="list-tools">
        <h1 className="page-title">Agents</h1>
        <SearchField label="Search host names" value={filter.search} onSearch={(q) => change({ q })} />
        <ChoiceFilter
          label="State"
          value={filter.state ?? ""}
          options={states}
          onChange={(state) => change({ state })}
        />
        <ToggleFilter
          label="silent"
          title="Only agents that do not call any longer"
          isOn={filter.silent}
          onChange={(isOn) => change({ silent: isOn ? "true" : null })}
        />
        <ChoiceFilter
          label="Sort"
          value={filter.sort}
          options={agentSorts.map((value) => ({ value, label: sortLabels[value] }))}
          onChange={(sort) => change({ sort: sort === "risk" ? null : sort })}
        />
      </div>
      {advisories === "missing" && <AdvisoriesMissing isCompact />}
      <BarredAgents />
      {list.items === undefined && list.error ? (
        <ErrorNotice error={list.error} task="load the agents" onRetry={list.retry} />
      ) : list.items === undefined ? (
        <SkeletonRows label="agents" rowHeight={rowHeight} />
      ) : list.items.length === 0 ? (
        <NoAgents filter={filter} onClear={() => change({ q: null, state: null, silent: null })} />
      ) : (
        <WindowedList
          className="list-agents"
          label="Agents"
          list={list}
          items={list.items}
          keyOf={(agent) => agent.id}
          rowHeight={rowHeight}
          heading={agentRowHeading}
          renderRow={(agent) => <AgentRow agent={agent} isComputable={advisories !== "missing"} />}
        />
      )}
    </div>
  )
}

function NoAgents({ filter, onClear }: { readonly filter: AgentFilter; readonly onClear: () => void }) {
  const { search, state, silent } = filter
  if (search === "" && state === null && !silent) return <EnrollmentGuide />
  return (
    <Notice kind="unmatched" title="No agent matches">
      <p>{silent ? "No agent with this search and state has fallen silent." : "There are agents, but none with this search and state."}</p>
      <button type="button" className="button" onClick={onClear}>
        Clear filters
      </button>
    </Notice>
  )
}

function filterFrom(parameters: URLSearchParams): AgentFilter {
  const state = parameters.get("state")
  const sort = parameters.get("sort")
  return {
    search: parameters.get("q") ?? "",
    state: states.some(({ value }) => value === state) && state ? (state as InventoryState) : null,
    silent: parameters.get("silent") === "true",
    sort: agentSorts.find((value) => value === sort) ?? "risk",
  }
}
