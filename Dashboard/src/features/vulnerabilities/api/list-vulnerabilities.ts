import type { VulnerabilityFilter } from "@/components/vulnerability-filters"
import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { Page, VulnerabilitySummary } from "@/types/api"

export interface CompanyVulnerabilityFilter extends VulnerabilityFilter {
  /** Due and not accepted. */
  readonly overdue: boolean
  /** Given to whoever asks. */
  readonly mine: boolean
}

/** `GET /v1/vulnerabilities` */
export function vulnerabilitiesQuery(api: ApiClient, filter: CompanyVulnerabilityFilter): PagedQuery<VulnerabilitySummary> {
  const { search, severity, exploited, fixable, overdue, mine } = filter
  return {
    key: ["vulnerabilities", "list", search, severity, exploited, fixable, overdue, mine],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<VulnerabilitySummary>>(
        "/v1/vulnerabilities",
        { q: search, severity, exploited, fixable, overdue, assignee: mine ? "me" : null, limit, cursor },
        signal,
      ),
  }
}
