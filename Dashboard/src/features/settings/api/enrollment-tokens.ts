import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { EnrollmentToken, List } from "@/types/api"

/** `GET /v1/enrollment-tokens` */
export function enrollmentTokensQuery(api: ApiClient): Query<List<EnrollmentToken>> {
  return {
    key: ["enrollment-tokens"],
    fetch: ({ signal }) => api.get<List<EnrollmentToken>>("/v1/enrollment-tokens", {}, signal),
  }
}

export interface EnrollmentTokenRequest {
  readonly label: string
  readonly maximum_uses: number
  /** Seconds. */
  readonly expires_in: number
}

/** `POST /v1/enrollment-tokens` */
export function createEnrollmentToken(api: ApiClient, request: EnrollmentTokenRequest): Promise<EnrollmentToken> {
  return api.send<EnrollmentToken>("POST", "/v1/enrollment-tokens", request)
}

/** `DELETE /v1/enrollment-tokens/{id}` */
export function revokeEnrollmentToken(api: ApiClient, id: string): Promise<void> {
  return api.send("DELETE", `/v1/enrollment-tokens/${encodeURIComponent(id)}`)
}
