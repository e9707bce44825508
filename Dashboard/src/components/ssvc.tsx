import type { Severity, Ssvc, SsvcPoint } from "@/types/api"

/** Decisions as CISA writes them, with the severity whose colour they take. */
const decisions: Record<Ssvc["decision"], { readonly name: string; readonly severity: Severity }> = {
  act: { name: "Act", severity: "critical" },
  attend: { name: "Attend", severity: "high" },
  "track*": { name: "Track*", severity: "medium" },
  track: { name: "Track", severity: "unknown" },
}

/** What to do by CISA's decision tree; the points it rests on show on hover. Under a heading that says SSVC, the decision alone. */
export function SsvcBadge({ ssvc, short = false }: { readonly ssvc: Ssvc; readonly short?: boolean }) {
  const { name, severity } = decisions[ssvc.decision]
  return (
    <span className={`badge severity-${severity}`} title={`SSVC ${name}: ${ssvcPoints(ssvc).join(", ")}`}>
      <span className={short ? "narrow-only" : undefined}>SSVC: </span>
      {name}
    </span>
  )
}

/** The decision points in words, those that nobody stated marked as assumed. */
export function ssvcPoints(ssvc: Ssvc): string[] {
  const exploitation = { none: "no exploitation known", poc: "exploit code public", active: "exploited" }[ssvc.exploitation]
  const points: [SsvcPoint, string][] = [
    ["exploitation", exploitation],
    ["automatable", ssvc.automatable ? "automatable" : "not automatable"],
    ["technical_impact", `${ssvc.technical_impact} impact`],
    ["mission", `${ssvc.mission} mission`],
  ]
  return points.map(([point, words]) => (ssvc.assumed.includes(point) ? `${words} (assumed)` : words))
}
