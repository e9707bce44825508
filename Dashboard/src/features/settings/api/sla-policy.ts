import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { SlaPolicy } from "@/types/api"

/** `GET /v1/sla-policy` */
export function slaPolicyQuery(api: ApiClient): Query<SlaPolicy> {
  return { key: ["sla-policy"], fetch: ({ signal }) => api.get<SlaPolicy>("/v1/sla-policy", {}, signal) }
}

/** `PUT /v1/sla-policy`: all rules from now on. */
export function setSlaPolicy(api: ApiClient, policy: SlaPolicy): Promise<SlaPolicy> {
  return api.send<SlaPolicy>("PUT", "/v1/sla-policy", policy)
}
