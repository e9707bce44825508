import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AgentID, ExceptionState, Instant, Page, RiskException, VulnerabilityID } from "@/types/api"

export interface ExceptionFilter {
  readonly state: ExceptionState | null
  readonly vulnerability: VulnerabilityID | null
}

/** `GET /v1/exceptions` */
export function exceptionsQuery(api: ApiClient, { state, vulnerability }: ExceptionFilter): PagedQuery<RiskException> {
  return {
    key: ["exceptions", state, vulnerability],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<RiskException>>("/v1/exceptions", { state, vulnerability, limit, cursor }, signal),
  }
}

export interface ExceptionRequest {
  readonly vulnerability: VulnerabilityID | null
  readonly package: string | null
  readonly label: string | null
  readonly agent_id: AgentID | null
  readonly reason: string
  readonly expires_at: Instant
}

/** `POST /v1/exceptions` */
export function requestException(api: ApiClient, request: ExceptionRequest): Promise<RiskException> {
  return api.send<RiskException>("POST", "/v1/exceptions", request)
}

/** `PUT /v1/exceptions/{id}/decision` */
export function decideException(api: ApiClient, id: string, approved: boolean): Promise<RiskException> {
  return api.send<RiskException>("PUT", `/v1/exceptions/${encodeURIComponent(id)}/decision`, { approved })
}

/** `DELETE /v1/exceptions/{id}` */
export function revokeException(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/exceptions/${encodeURIComponent(id)}`)
}
