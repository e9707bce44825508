import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AgentSummary, InventoryState, Page } from "@/types/api"

export const agentSorts = ["risk", "hostname", "last_seen"] as const
export type AgentSort = typeof agentSorts[number]

export interface AgentFilter {
  readonly search: string
  readonly state: InventoryState | null
  readonly sort: AgentSort
}

/** `GET /v1/agents` */
export function agentsQuery(api: ApiClient, { search, state, sort }: AgentFilter): PagedQuery<AgentSummary> {
  return {
    key: ["agents", "list", search, state, sort],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<AgentSummary>>("/v1/agents", { q: search, state, sort, limit, cursor }, signal),
  }
}
