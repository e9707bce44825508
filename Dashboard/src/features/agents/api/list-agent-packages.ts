import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AgentID, AgentPackage, Page } from "@/types/api"

/** `GET /v1/agents/{id}/packages` */
export function agentPackagesQuery(api: ApiClient, id: AgentID, search: string): PagedQuery<AgentPackage> {
  return {
    key: ["agents", "one", id, "packages", search],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<AgentPackage>>(
        `/v1/agents/${encodeURIComponent(id)}/packages`,
        { q: search, limit, cursor },
        signal,
      ),
  }
}
