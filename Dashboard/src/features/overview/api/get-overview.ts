import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { Overview } from "@/types/api"

/** `GET /v1/overview` */
export function overviewQuery(api: ApiClient): Query<Overview> {
  return { key: ["overview"], fetch: ({ signal }) => api.get<Overview>("/v1/overview", {}, signal) }
}
