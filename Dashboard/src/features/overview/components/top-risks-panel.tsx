import { ErrorNotice } from "@/components/error-notice"
import { Link } from "@/components/link"
import { Notice } from "@/components/notice"
import { RiskMeter } from "@/components/risk-meter"
import { ExploitedBadge, FixBadge, SeverityBadge } from "@/components/severity"
import { Skeleton } from "@/components/skeleton"
import { topRisksQuery } from "@/features/overview/api/list-top-risks"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { formatHeadline, formatPlural } from "@/lib/format"
import { paths } from "@/lib/paths"

/** The riskiest vulnerabilities. */
export function TopRisksPanel() {
  const { api } = useServices()
  const { data, error, retry } = useQuery(topRisksQuery(api))
  if (!data && error) return <ErrorNotice error={error} task="load the riskiest vulnerabilities" onRetry={retry} isCompact />
  if (!data) return <Skeleton label="riskiest vulnerabilities" lines={6} height={22} />
  if (data.items.length === 0) {
    return (
      <Notice kind="clear" title="Nothing found" isCompact>
        <p>No known vulnerability affects the packages seen.</p>
      </Notice>
    )
  }
  return (
    <ol className="top-risks">
      {data.items.map((item) => (
        <li key={item.id} className="top-risk">
          <RiskMeter value={item.risk.value} />
          <Link to={paths.vulnerability(item.id)} className="top-risk-link">
            {item.id}
          </Link>
          <span className="top-risk-badges">
            {item.kev ? <ExploitedBadge kev={item.kev} /> : <SeverityBadge severity={item.severity} />}
            {item.fixable && <FixBadge />}
          </span>
          <span className="top-risk-summary">{formatHeadline(item)}</span>
          <span className="figure faint">{formatPlural(item.agents, "agent")}</span>
        </li>
      ))}
    </ol>
  )
}
