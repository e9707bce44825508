import type { ApiClient } from "@/lib/api-client"
import type { Query } from "@/lib/query-cache"
import type { Explanation, PackageURL, VulnerabilityID } from "@/types/api"

/** `GET /v1/vulnerabilities/{id}/explanation?package=PURL` */
export function explanationQuery(api: ApiClient, id: VulnerabilityID, chosen: PackageURL): Query<Explanation> {
  return {
    key: ["vulnerabilities", "one", id, "explanation", chosen],
    fetch: ({ signal }) =>
      api.get<Explanation>(
        `/v1/vulnerabilities/${encodeURIComponent(id)}/explanation`,
        { package: chosen },
        signal,
      ),
  }
}
