import type { ApiClient } from "@/lib/api-client"
import type { AgentID } from "@/types/api"

/** `PUT /v1/agents/{id}/labels`: all labels from now on. */
export function setLabels(api: ApiClient, id: AgentID, labels: readonly string[]): Promise<void> {
  return api.send("PUT", `/v1/agents/${encodeURIComponent(id)}/labels`, { labels })
}
