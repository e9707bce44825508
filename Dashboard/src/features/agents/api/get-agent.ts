import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { AgentDetail, AgentID } from "@/types/api"

/** `GET /v1/agents/{id}` */
export function agentQuery(api: ApiClient, id: AgentID): Query<AgentDetail> {
  return {
    key: ["agents", "one", id, "detail"],
    fetch: ({ signal }) => api.get<AgentDetail>(`/v1/agents/${encodeURIComponent(id)}`, {}, signal),
  }
}
