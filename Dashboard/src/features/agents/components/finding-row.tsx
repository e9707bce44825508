import { DueBadge } from "@/components/due-badge"
import { ExposureBadge } from "@/components/exposure-badge"
import { Link } from "@/components/link"
import { RiskMeter } from "@/components/risk-meter"
import { ExploitedBadge, SeverityBadge } from "@/components/severity"
import { TimeAgo } from "@/components/time-ago"
import { formatWord } from "@/lib/format"
import { paths } from "@/lib/paths"
import type { AgentFinding, FindingPackage } from "@/types/api"

export const findingRowHeading = (
  <>
    <span role="columnheader" className="cell-risk">Risk</span>
    <span role="columnheader" className="cell-id">Vulnerability</span>
    <span role="columnheader" className="cell-severity">Severity</span>
    <span role="columnheader" className="cell-package">Package</span>
    <span role="columnheader" className="cell-action">What to do</span>
    <span role="columnheader" className="cell-seen">Since</span>
  </>
)

/** One vulnerability of an agent. The row leads to the explanation for its first package. */
export function FindingRow({ finding }: { readonly finding: AgentFinding }) {
  const { vulnerability, packages, action, state, exceptions } = finding
  const first = packages[0]
  return (
    <>
      <span role="cell" className="cell-risk">
        <RiskMeter value={vulnerability.risk.value} />
      </span>
      <span role="cell" className="cell-id">
        <Link to={paths.vulnerability(vulnerability.id, first?.purl)} className="row-link" data-row-link>
          {vulnerability.id}
        </Link>
        {vulnerability.kev && <ExploitedBadge kev={vulnerability.kev} />}
        {state === "accepted" && <span className="badge badge-accepted" title={exceptions.map(({ reason }) => reason).join("\n")}>accepted</span>}
      </span>
      <span role="cell" className="cell-severity">
        <SeverityBadge severity={vulnerability.severity} />
      </span>
      <span role="cell" className="cell-package" title={packages.map((each) => each.purl).join("\n")}>
        {first && <PackageName item={first} />}
        {packages.length > 1 && <span className="more-count">+{packages.length - 1}</span>}
        <ExposureBadge exposure={finding.exposure} />
      </span>
      <span role="cell" className="cell-action">
        {finding.overdue && <DueBadge item={finding} />}
        {action ? (
          <span className={first?.fixed_version ? "action-fix" : "faint"}>{action}</span>
        ) : (
          <span className="faint">{first ? formatWord(first.reason) : ""}</span>
        )}
      </span>
      <span role="cell" className="cell-seen figure faint">
        {first && <TimeAgo at={first.first_seen} short />}
      </span>
    </>
  )
}

function PackageName({ item }: { readonly item: FindingPackage }) {
  return (
    <span className="package-name">
      {item.name} <span className="faint">{item.version}</span>
    </span>
  )
}
