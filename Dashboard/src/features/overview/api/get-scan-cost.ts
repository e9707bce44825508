import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { FleetScanCost } from "@/types/api"

/** `GET /v1/scan-cost`, of the scans of the last 30 days. */
export function scanCostQuery(api: ApiClient): Query<FleetScanCost> {
  return { key: ["scan-cost"], fetch: ({ signal }) => api.get<FleetScanCost>("/v1/scan-cost", {}, signal) }
}
