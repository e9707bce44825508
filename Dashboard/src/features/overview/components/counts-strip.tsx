import { Link } from "@/components/link"
import { countedSeverities, SeverityBar } from "@/components/severity"
import { formatCount } from "@/lib/format"
import { paths } from "@/lib/paths"
import type { SeverityCounts } from "@/types/api"

interface CountsStripProps {
  readonly counts: SeverityCounts
  /** Some agents are not in the numbers yet. */
  readonly isPartial: boolean
  /** How many are due by the company's policy and not accepted. */
  readonly overdue: number
}

/** How many vulnerabilities: the exploited ones first, then by severity. Each figure leads to its list. */
export function CountsStrip({ counts, isPartial, overdue }: CountsStripProps) {
  const list = paths.vulnerabilities
  return (
    <section className="counts" aria-label="Vulnerabilities by severity">
      <Count className="count-exploited" label="exploited" hint="known to be used" value={counts.exploited} to={`${list}?exploited=true`} />
      {countedSeverities.map((severity) => (
        <Count
          key={severity}
          className={`count-${severity}`}
          label={severity}
          hint={shareOf(counts[severity], counts.total)}
          value={counts[severity]}
          to={severity === "unknown" ? list : `${list}?severity=${severity}`}
        />
      ))}
      <Count className="count-fixable" label="fixable" hint={shareOf(counts.fixable, counts.total)} value={counts.fixable} to={`${list}?fixable=true`} />
      <div className="counts-foot">
        <SeverityBar counts={counts} />
        <p className="faint">
          {counts.total === 0 ? "No known vulnerability affects the packages seen." : `${formatCount(counts.total)} distinct`}
          {counts.undetermined > 0 && ` · ${formatCount(counts.undetermined)} could not be decided`}
          {overdue > 0 && <> · <Link to={`${list}?overdue=true`}>{formatCount(overdue)} overdue</Link></>}
          {isPartial && " · some agents are still missing from these numbers"}
        </p>
      </div>
    </section>
  )
}

interface CountProps {
  readonly className: string
  readonly label: string
  readonly hint: string
  readonly value: number
  readonly to: string
}

function Count({ className, label, hint, value, to }: CountProps) {
  return (
    <Link to={to} className={`count ${className} ${value === 0 ? "count-zero" : ""}`} aria-label={`${value} ${label}`}>
      <span className="count-label">{label}</span>
      <span className="count-value">{formatCount(value)}</span>
      <span className="count-hint">{hint}</span>
    </Link>
  )
}

function shareOf(part: number, whole: number): string {
  if (whole === 0) return "–"
  const percent = (part / whole) * 100
  return part > 0 && percent < 1 ? "<1%" : `${Math.round(percent)}%`
}
