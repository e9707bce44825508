import { AdvisoriesMissing } from "@/components/advisory-warning"
import { EnrollmentGuide } from "@/components/enrollment-guide"
import { ErrorNotice } from "@/components/error-notice"
import { ToggleFilter } from "@/components/filters"
import { Notice } from "@/components/notice"
import { SearchField } from "@/components/search-field"
import { SkeletonRows } from "@/components/skeleton"
import { isFiltering, noFilters, VulnerabilityFilters, vulnerabilityFilterFrom } from "@/components/vulnerability-filters"
import { WindowedList } from "@/components/windowed-list"
import { vulnerabilitiesQuery } from "@/features/vulnerabilities/api/list-vulnerabilities"
import { VulnerabilityRow, vulnerabilityRowHeading } from "@/features/vulnerabilities/components/vulnerability-row"
import { useAdvisoryState } from "@/hooks/use-advisory-state"
import { useFleetState } from "@/hooks/use-fleet-state"
import { useIsNarrow } from "@/hooks/use-media-query"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"

/** All vulnerabilities that affect some agent of the company, riskiest first. */
export function VulnerabilitiesPage() {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const filter = vulnerabilityFilterFrom(parameters)
  const overdue = parameters.get("overdue") === "true"
  const mine = parameters.get("mine") === "true"
  const list = usePagedQuery(vulnerabilitiesQuery(api, { ...filter, overdue, mine }))
  const advisories = useAdvisoryState()
  const rowHeight = useIsNarrow() ? 98 : 38
  useTitle("Vulnerabilities")

  return (
    <div className="page page-list">
      <div className="list-tools">
        <h1 className="page-title">Vulnerabilities</h1>
        <SearchField label="Search vulnerabilities" value={filter.search} onSearch={(q) => change({ q })} />
        <VulnerabilityFilters filter={filter} onChange={change} />
        <ToggleFilter
          label="overdue"
          title="Only what is due by your company's policy and not accepted"
          isOn={overdue}
          onChange={(isOn) => change({ overdue: isOn ? "true" : null })}
        />
        <ToggleFilter
          label="mine"
          title="Only what you are to deal with"
          isOn={mine}
          onChange={(isOn) => change({ mine: isOn ? "true" : null })}
        />
      </div>
      {list.items === undefined && list.error ? (
        <ErrorNotice error={list.error} task="load the vulnerabilities" onRetry={list.retry} />
      ) : list.items === undefined ? (
        <SkeletonRows label="vulnerabilities" rowHeight={rowHeight} />
      ) : list.items.length > 0 ? (
        <WindowedList
          className="list-vulnerabilities"
          label="Vulnerabilities"
          list={list}
          items={list.items}
          keyOf={(item) => item.id}
          rowHeight={rowHeight}
          heading={vulnerabilityRowHeading}
          renderRow={(item) => <VulnerabilityRow item={item} />}
        />
      ) : advisories === "missing" ? (
        <AdvisoriesMissing />
      ) : isFiltering(filter) || overdue || mine ? (
        <Notice kind="unmatched" title="No vulnerability matches">
          <p>Nothing that affects your agents fits the filters.</p>
          <button type="button" className="button" onClick={() => change(noFilters)}>
            Clear filters
          </button>
        </Notice>
      ) : (
        <NoVulnerabilities />
      )}
    </div>
  )
}

/** An empty list means three different things. */
function NoVulnerabilities() {
  const fleet = useFleetState()
  switch (fleet) {
    case "unknown":
      return <SkeletonRows label="vulnerabilities" rowHeight={38} />
    case "no-agents":
      return <EnrollmentGuide />
    case "not-computed":
      return (
        <Notice kind="pending" title="Not computed yet">
          <p>No agent's inventory has been computed so far. The list fills by itself.</p>
        </Notice>
      )
    case "computed":
      return (
        <Notice kind="clear" title="Nothing found">
          <p>No known vulnerability affects the packages of your agents.</p>
        </Notice>
      )
  }
}
