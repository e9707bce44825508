import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { TrendPoint } from "@/types/api"

/** `GET /v1/trend`, oldest first: what held when the time began, and every point since. */
export function trendQuery(api: ApiClient, days: number): Query<readonly TrendPoint[]> {
  return {
    key: ["overview", "trend", days],
    fetch: async ({ signal }) => (await api.get<{ items: readonly TrendPoint[] }>("/v1/trend", { days }, signal)).items,
  }
}
