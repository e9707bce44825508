import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AgentFinding, AgentID, Page, Severity } from "@/types/api"

export interface FindingFilter {
  readonly search: string
  readonly severity: Severity | null
  readonly exploited: boolean
  readonly fixable: boolean
  /** Verdicts that could not be decided, instead of the affected ones. */
  readonly undetermined: boolean
}

/** `GET /v1/agents/{id}/findings` */
export function agentFindingsQuery(api: ApiClient, id: AgentID, filter: FindingFilter): PagedQuery<AgentFinding> {
  const { search, severity, exploited, fixable, undetermined } = filter
  return {
    key: ["agents", "one", id, "findings", search, severity, exploited, fixable, undetermined],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<AgentFinding>>(
        `/v1/agents/${encodeURIComponent(id)}/findings`,
        { q: search, severity, exploited, fixable, undetermined, limit, cursor },
        signal,
      ),
  }
}
