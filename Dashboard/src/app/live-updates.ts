import type { QueryKey } from "@/lib/query-cache"
import type { CompanyEvent } from "@/types/api"

/**
 * Which queries an event makes old. Keys, as the features' `api` folders make them:
 *
 * - `["overview"]`, `["events"]`, `["top-risks"]`, `["feeds"]`, `["scan-cost"]`
 * - `["agents", "list", …]`, `["agents", "one", id, "detail" | "findings" | "packages", …]`
 * - `["vulnerabilities", "list", …]`, `["vulnerabilities", "one", id, "detail" | "agents" | "explanation", …]`
 *
 * The list of events is not among them: an event carries all that it shows. Nor is what scanning costs, which no event tells of.
 */
export function queriesConcernedBy(event: CompanyEvent): (key: QueryKey) => boolean {
  switch (event.type) {
    case "agent_enrolled":
      return ([resource, part]) => resource === "overview" || (resource === "agents" && part === "list")
    case "inventory_applied": {
      const { agent_id, packages_added, packages_removed, opened, resolved } = event.data
      const findingsChanged = opened + resolved > 0
      const packagesChanged = packages_added + packages_removed > 0
      return ([resource, part, id, detail]) => {
        switch (resource) {
          case "overview":
            return true
          case "agents":
            return part === "list" || id === agent_id
          case "top-risks":
            return findingsChanged
          case "vulnerabilities":
            // Another version of a package may keep the vulnerability: then only the list of its agents reads differently.
            return findingsChanged || (packagesChanged && detail === "agents")
          default:
            return false
        }
      }
    }
    case "verdicts_changed":
      return ([resource]) => resource !== "events" && resource !== "scan-cost"
  }
}
