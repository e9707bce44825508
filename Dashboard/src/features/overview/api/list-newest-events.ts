import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { CompanyEvent, Page } from "@/types/api"

/** `GET /v1/events?newest=true`; newest first here, whatever the server's order. The live stream adds to it. */
export function newestEventsQuery(api: ApiClient): Query<Page<CompanyEvent>> {
  return {
    key: ["events"],
    fetch: async ({ signal }) => {
      const page = await api.get<Page<CompanyEvent>>("/v1/events", { newest: true, limit: 50 }, signal)
      return { ...page, items: [...page.items].sort((a, b) => b.id - a.id) }
    },
  }
}
