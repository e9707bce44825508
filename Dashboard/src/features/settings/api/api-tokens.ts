import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { ApiScope, ApiToken, List } from "@/types/api"

/** `GET /v1/api-tokens` */
export function apiTokensQuery(api: ApiClient): Query<List<ApiToken>> {
  return { key: ["api-tokens"], fetch: ({ signal }) => api.get<List<ApiToken>>("/v1/api-tokens", {}, signal) }
}

export interface ApiTokenRequest {
  readonly name: string
  readonly scopes: readonly ApiScope[]
  /** Seconds. */
  readonly expires_in: number
}

/** `POST /v1/api-tokens` */
export function createApiToken(api: ApiClient, request: ApiTokenRequest): Promise<ApiToken> {
  return api.send<ApiToken>("POST", "/v1/api-tokens", request)
}

/** `DELETE /v1/api-tokens/{id}` */
export function revokeApiToken(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/api-tokens/${encodeURIComponent(id)}`)
}
