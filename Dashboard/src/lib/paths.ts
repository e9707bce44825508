import type { AgentID, PackageURL, VulnerabilityID } from "@/types/api"

/** Addresses of the pages, in one place. */
export const paths = {
  overview: "/",
  agents: "/agents",
  agent: (id: AgentID) => `/agents/${encodeURIComponent(id)}`,
  exceptions: "/exceptions",
  exceptionsOf: (id: VulnerabilityID) => `/exceptions?vulnerability=${encodeURIComponent(id)}`,
  passwordReset: "/password-reset",
  settings: "/settings",
  account: "/settings?tab=account",
  vulnerabilities: "/vulnerabilities",
  vulnerability: (id: VulnerabilityID, chosen?: PackageURL) =>
    `/vulnerabilities/${encodeURIComponent(id)}${chosen ? `?package=${encodeURIComponent(chosen)}` : ""}`,
}
