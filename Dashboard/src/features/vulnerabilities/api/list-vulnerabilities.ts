import type { VulnerabilityFilter } from "@/components/vulnerability-filters"
import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { Page, VulnerabilitySummary } from "@/types/api"

/** `GET /v1/vulnerabilities` */
export function vulnerabilitiesQuery(api: ApiClient, filter: VulnerabilityFilter): PagedQuery<VulnerabilitySummary> {
  const { search, severity, exploited, fixable } = filter
  return {
    key: ["vulnerabilities", "list", search, severity, exploited, fixable],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<VulnerabilitySummary>>(
        "/v1/vulnerabilities",
        { q: search, severity, exploited, fixable, limit, cursor },
        signal,
      ),
  }
}
