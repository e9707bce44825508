import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { RetentionPolicy } from "@/types/api"

/** `GET /v1/retention-policy` */
export function retentionPolicyQuery(api: ApiClient): Query<RetentionPolicy> {
  return { key: ["retention-policy"], fetch: ({ signal }) => api.get<RetentionPolicy>("/v1/retention-policy", {}, signal) }
}

/** `PUT /v1/retention-policy` */
export function setRetentionPolicy(api: ApiClient, policy: RetentionPolicy): Promise<RetentionPolicy> {
  return api.send<RetentionPolicy>("PUT", "/v1/retention-policy", policy)
}
