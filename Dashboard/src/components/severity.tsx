import { formatCount, formatPlural } from "@/lib/format"
import type { KnownExploitation, Severity, SeverityCounts } from "@/types/api"

/** The severities that a list can be filtered by, worst first. */
export const countedSeverities = ["critical", "high", "medium", "low", "unknown"] as const

/** The word, in its colour and with a mark whose fill tells the same without colour. */
export function SeverityBadge({ severity }: { readonly severity: Severity }) {
  return (
    <span className={`severity severity-${severity}`}>
      <span className="severity-mark" aria-hidden="true" />
      {severity}
    </span>
  )
}

/** Marks what attackers are known to use (CISA KEV). */
export function ExploitedBadge({ kev }: { readonly kev: KnownExploitation }) {
  const ransomware = kev.ransomware ? ", used by ransomware" : ""
  return (
    <span className="badge badge-exploited" title={`Known exploited since ${kev.date_added}${ransomware}`}>
      exploited
    </span>
  )
}

export function FixBadge() {
  return (
    <span className="badge badge-fix" title="At least one affected package has a fix in its own release">
      fix
    </span>
  )
}

/** The counts side by side, zeros faint. */
export function SeverityTally({ counts }: { readonly counts: SeverityCounts }) {
  return (
    <span className="tally" role="img" aria-label={tallyWords(counts)}>
      {countedSeverities.map((severity) => (
        <span key={severity} className={counts[severity] > 0 ? `tally-count severity-${severity}` : "tally-count"}>
          {formatCount(counts[severity])}
        </span>
      ))}
    </span>
  )
}

/** The share of each severity as one bar. */
export function SeverityBar({ counts }: { readonly counts: SeverityCounts }) {
  if (counts.total === 0) return <span className="bar" />
  return (
    <span className="bar" role="img" aria-label={tallyWords(counts)}>
      {countedSeverities.filter((severity) => counts[severity] > 0).map((severity) => (
        <span key={severity} className={`bar-part fill-${severity}`} style={{ flexGrow: counts[severity] }} />
      ))}
    </span>
  )
}

function tallyWords(counts: SeverityCounts): string {
  const words = countedSeverities.filter((severity) => counts[severity] > 0).map((each) => `${counts[each]} ${each}`)
  return words.length > 0 ? words.join(", ") : formatPlural(0, "vulnerability", "vulnerabilities")
}
