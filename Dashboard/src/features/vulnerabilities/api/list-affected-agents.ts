import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AffectedAgent, Page, VulnerabilityID } from "@/types/api"

/** `GET /v1/vulnerabilities/{id}/agents` */
export function affectedAgentsQuery(api: ApiClient, id: VulnerabilityID): PagedQuery<AffectedAgent> {
  return {
    key: ["vulnerabilities", "one", id, "agents"],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<AffectedAgent>>(
        `/v1/vulnerabilities/${encodeURIComponent(id)}/agents`,
        { limit, cursor },
        signal,
      ),
  }
}
