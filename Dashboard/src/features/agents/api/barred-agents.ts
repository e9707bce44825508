import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { AgentID, AgentStanding, BarredAgent, List } from "@/types/api"

/** `GET /v1/barred-agents` */
export function barredAgentsQuery(api: ApiClient): Query<List<BarredAgent>> {
  return {
    key: ["agents", "barred"],
    fetch: ({ signal }) => api.get<List<BarredAgent>>("/v1/barred-agents", {}, signal),
  }
}

/** `PUT /v1/agents/{id}/standing` */
export function setStanding(api: ApiClient, id: AgentID, standing: AgentStanding, reason: string): Promise<void> {
  return api.send("PUT", `/v1/agents/${encodeURIComponent(id)}/standing`, { standing, reason })
}
