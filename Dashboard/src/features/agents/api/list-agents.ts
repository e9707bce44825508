import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AgentSummary, InventoryState, Page } from "@/types/api"

export const agentSorts = ["risk", "hostname", "last_seen"] as const
export type AgentSort = typeof agentSorts[number]

export interface AgentFilter {
  readonly search: string
  readonly state: InventoryState | null
  /** Only those that do not call any longer. */
  readonly silent: boolean
  readonly sort: AgentSort
}

/** `GET /v1/agents` */
export function agentsQuery(api: ApiClient, { search, state, silent, sort }: AgentFilter): PagedQuery<AgentSummary> {
  return {
    key: ["agents", "list", search, state, silent, sort],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<AgentSummary>>("/v1/agents", { q: search, state, silent, sort, limit, cursor }, signal),
  }
}
