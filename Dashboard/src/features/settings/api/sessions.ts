import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { List, SessionSummary } from "@/types/api"

/** `GET /v1/sessions` */
export function ownSessionsQuery(api: ApiClient): Query<List<SessionSummary>> {
  return { key: ["sessions"], fetch: ({ signal }) => api.get<List<SessionSummary>>("/v1/sessions", {}, signal) }
}

/** `GET /v1/users/{id}/sessions` */
export function sessionsOfQuery(api: ApiClient, user: string): Query<List<SessionSummary>> {
  return {
    key: ["sessions", "of", user],
    fetch: ({ signal }) => api.get<List<SessionSummary>>(`/v1/users/${encodeURIComponent(user)}/sessions`, {}, signal),
  }
}

/** `DELETE /v1/users/{id}/sessions/{session}` */
export function endSessionOf(api: ApiClient, user: string, id: string): Promise<void> {
  return api.send("DELETE", `/v1/users/${encodeURIComponent(user)}/sessions/${encodeURIComponent(id)}`)
}

/** `DELETE /v1/sessions/{id}` */
export function endSession(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/sessions/${encodeURIComponent(id)}`)
}
