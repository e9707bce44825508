import type { ApiClient } from "@/lib/api-client"
import type { PagedQuery } from "@/lib/paged-query"
import type { Note, Page, VulnerabilityID } from "@/types/api"

/** `GET /v1/vulnerabilities/{id}/notes` */
export function notesQuery(api: ApiClient, id: VulnerabilityID): PagedQuery<Note> {
  return {
    key: ["vulnerabilities", "one", id, "notes"],
    fetchPage: ({ cursor, limit, signal }) =>
      api.get<Page<Note>>(`/v1/vulnerabilities/${encodeURIComponent(id)}/notes`, { limit, cursor }, signal),
  }
}

/** `POST /v1/vulnerabilities/{id}/notes` */
export function addNote(api: ApiClient, id: VulnerabilityID, text: string): Promise<Note> {
  return api.send<Note>("POST", `/v1/vulnerabilities/${encodeURIComponent(id)}/notes`, { text })
}
