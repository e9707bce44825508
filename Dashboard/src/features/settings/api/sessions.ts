import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { List, SessionSummary } from "@/types/api"

/** `GET /v1/sessions` */
export function ownSessionsQuery(api: ApiClient): Query<List<SessionSummary>> {
  return { key: ["sessions"], fetch: ({ signal }) => api.get<List<SessionSummary>>("/v1/sessions", {}, signal) }
}

/** `DELETE /v1/sessions/{id}` */
export function endSession(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/sessions/${encodeURIComponent(id)}`)
}
