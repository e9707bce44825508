import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import type { Overview } from "@/types/api"

/** What an empty list means, from the overview's numbers of agents. "unknown" while they are being asked or cannot be. */
export function useFleetState(): "unknown" | "no-agents" | "not-computed" | "computed" {
  const { api } = useServices()
  // The same key as the overview's own query: both read `GET /v1/overview`.
  const { data } = useQuery<Overview>({
    key: ["overview"],
    fetch: ({ signal }) => api.get<Overview>("/v1/overview", {}, signal),
  })
  if (!data) return "unknown"
  const { total, without_inventory, pending } = data.agents
  if (total === 0) return "no-agents"
  return total - without_inventory - pending > 0 ? "computed" : "not-computed"
}
