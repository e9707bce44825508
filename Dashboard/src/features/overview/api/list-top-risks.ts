import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { Page, VulnerabilitySummary } from "@/types/api"

/** `GET /v1/vulnerabilities`, only the riskiest few. */
export function topRisksQuery(api: ApiClient): Query<Page<VulnerabilitySummary>> {
  return {
    key: ["top-risks"],
    fetch: ({ signal }) => api.get<Page<VulnerabilitySummary>>("/v1/vulnerabilities", { limit: 6 }, signal),
  }
}
