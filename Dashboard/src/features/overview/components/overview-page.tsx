import { AdvisoriesMissing } from "@/components/advisory-warning"
import { EnrollmentGuide } from "@/components/enrollment-guide"
import { ErrorNotice } from "@/components/error-notice"
import { Notice } from "@/components/notice"
import { Panel } from "@/components/panel"
import { overviewQuery } from "@/features/overview/api/get-overview"
import { AgentsPanel } from "@/features/overview/components/agents-panel"
import { CountsStrip } from "@/features/overview/components/counts-strip"
import { EventsPanel } from "@/features/overview/components/events-panel"
import { FeedsPanel } from "@/features/overview/components/feeds-panel"
import { ScanCostPanel } from "@/features/overview/components/scan-cost-panel"
import { TopRisksPanel } from "@/features/overview/components/top-risks-panel"
import { TrendPanel } from "@/features/overview/components/trend-panel"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"
import { formatCount, formatPlural } from "@/lib/format"
import type { Overview } from "@/types/api"

/** The first page: how it stands, what to do first, what just happened. */
export function OverviewPage() {
  const { api } = useServices()
  const { data, error, retry } = useQuery(overviewQuery(api))
  useTitle("Overview")
  return (
    <div className="page">
      <header className="page-head">
        <h1 className="page-title">Overview</h1>
        {data && standingOf(data) === "known" && (
          <p className="page-facts">
            {formatPlural(data.agents.total, "agent")} · {formatPlural(data.packages, "package version")} ·{" "}
            {formatCount(data.exposures)} exposures
          </p>
        )}
      </header>
      {data ? (
        <OverviewBody overview={data} />
      ) : error ? (
        <ErrorNotice error={error} task="load the overview" onRetry={retry} />
      ) : (
        <OverviewSkeleton />
      )}
    </div>
  )
}

function OverviewBody({ overview }: { readonly overview: Overview }) {
  const { agents, advisories, counts } = overview
  const standing = standingOf(overview)
  return (
    <div className="overview">
      {standing === "no-advisories" && <AdvisoriesMissing />}
      {standing === "no-agents" && <EnrollmentGuide />}
      {standing === "waiting" && (
        <Notice kind="pending" title="Not computed yet">
          <p>{waitingWords(agents)} Numbers appear here as soon as the first inventory is computed.</p>
        </Notice>
      )}
      {standing === "known" && (
        <>
          <CountsStrip counts={counts} isPartial={agents.pending + agents.without_inventory > 0} overdue={overview.overdue} />
          <div className="overview-grid">
            <Panel title="Do first" className="area-risks">
              <TopRisksPanel />
            </Panel>
            <TrendPanel present={counts} />
          </div>
        </>
      )}
      <div className="overview-grid">
        <Panel title="Events" className="area-events">
          <EventsPanel />
        </Panel>
        <div className="overview-side">
          {agents.total > 0 && (
            <Panel title="Agents">
              <AgentsPanel agents={agents} />
            </Panel>
          )}
          {agents.total > 0 && <ScanCostPanel />}
          <Panel title="Feeds" aside={`${formatCount(advisories.vulnerabilities)} vulnerabilities`}>
            <FeedsPanel advisories={advisories} />
          </Panel>
        </div>
      </div>
    </div>
  )
}

/** The frames of the page before there is anything in them. */
function OverviewSkeleton() {
  return (
    <div className="overview" role="status" aria-label="Loading overview">
      <div className="panel frame-counts" />
      <div className="overview-grid">
        <div className="panel area-risks frame" />
        <div className="panel area-trend frame" />
        <div className="panel area-events frame" />
        <div className="panel overview-side frame" />
      </div>
    </div>
  )
}

/** What can be said at all. */
function standingOf({ agents, advisories }: Overview): "no-agents" | "no-advisories" | "waiting" | "known" {
  if (agents.total === 0) return "no-agents"
  if (advisories.index_digest === null) return "no-advisories"
  const computed = agents.total - agents.without_inventory - agents.pending
  return computed <= 0 ? "waiting" : "known"
}

function waitingWords(agents: Overview["agents"]): string {
  if (agents.pending === 0) return `${formatPlural(agents.total, "agent")} enrolled, but none has sent its inventory.`
  return `${formatPlural(agents.pending, "inventory is", "inventories are")} being computed.`
}
