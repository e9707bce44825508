import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { AuditEntry, Page } from "@/types/api"

export interface AuditFilter {
  /** The name or id of who did it, whole. */
  readonly actor: string
  readonly action: string | null
}

/** `GET /v1/audit` */
export function auditQuery(api: ApiClient, { actor, action }: AuditFilter): PagedQuery<AuditEntry> {
  return {
    key: ["audit", actor, action],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<AuditEntry>>("/v1/audit", { actor, action, limit, cursor }, signal),
  }
}

/** `GET /v1/audit/export` */
export function exportAudit(api: ApiClient, { actor, action }: AuditFilter, format: "jsonl" | "csv"): Promise<Blob> {
  return api.download("/v1/audit/export", { actor, action, format })
}
