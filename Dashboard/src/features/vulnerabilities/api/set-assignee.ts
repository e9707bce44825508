import type { ApiClient } from "@/lib/api-client"
import type { VulnerabilityID } from "@/types/api"

/**
 * `PUT /v1/vulnerabilities/{id}/assignee`
 *
 * @param user the id of who deals with it from now on; null for nobody.
 */
export function setAssignee(api: ApiClient, id: VulnerabilityID, user: string | null): Promise<void> {
  return api.send("PUT", `/v1/vulnerabilities/${encodeURIComponent(id)}/assignee`, { user_id: user })
}
