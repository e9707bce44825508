import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { AdvisoryState } from "@/types/api"

/** `GET /v1/feeds` */
export function advisoryStateQuery(api: ApiClient): Query<AdvisoryState> {
  return { key: ["feeds"], fetch: ({ signal }) => api.get<AdvisoryState>("/v1/feeds", {}, signal) }
}

/** Whether advisories are loaded, which every count depends on. "unknown" while that is being asked or cannot be. */
export function useAdvisoryState(): "loaded" | "missing" | "unknown" {
  const { api } = useServices()
  const { data } = useQuery(advisoryStateQuery(api))
  if (!data) return "unknown"
  return data.index_digest === null ? "missing" : "loaded"
}
