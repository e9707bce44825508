import { ErrorBoundary } from "@/components/error-boundary"
import { ErrorNotice } from "@/components/error-notice"
import { InventoryStateBadge } from "@/components/inventory-state"
import { Link } from "@/components/link"
import { Notice } from "@/components/notice"
import { SeverityBar } from "@/components/severity"
import { SilentBadge } from "@/components/silent-badge"
import { Skeleton } from "@/components/skeleton"
import { TabLinks } from "@/components/tab-links"
import { TimeAgo } from "@/components/time-ago"
import { agentQuery } from "@/features/agents/api/get-agent"
import { AgentFacts } from "@/features/agents/components/agent-facts"
import { AgentFindings } from "@/features/agents/components/agent-findings"
import { AgentPackages } from "@/features/agents/components/agent-packages"
import { AgentRunning } from "@/features/agents/components/agent-running"
import { AgentStanding } from "@/features/agents/components/agent-standing"
import { PendingBadges } from "@/features/agents/components/pending-badges"
import { useSearchParameters } from "@/hooks/use-place"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"
import { ApiError } from "@/lib/api-error"
import { formatCount } from "@/lib/format"
import { paths } from "@/lib/paths"
import type { AgentDetail, AgentID } from "@/types/api"

/** One machine: what it is, what it has, what is wrong with it, what it runs. */
export default function AgentPage({ id }: { readonly id: AgentID }) {
  const { api } = useServices()
  const { data, error, retry } = useQuery(agentQuery(api, id))
  useTitle(data?.hostname ?? "Agent")

  if (!data && error instanceof ApiError && (error.status === 404 || error.status === 400)) return <UnknownAgent />
  return (
    <div className="page">
      <p className="crumbs">
        <Link to={paths.agents}>Agents</Link> <span aria-hidden="true">/</span>
      </p>
      {data ? (
        <AgentBody agent={data} />
      ) : error ? (
        <ErrorNotice error={error} task="load this agent" onRetry={retry} />
      ) : (
        <Skeleton label="agent" lines={5} height={22} />
      )}
    </div>
  )
}

function AgentBody({ agent }: { readonly agent: AgentDetail }) {
  const [parameters] = useSearchParameters()
  const asked = parameters.get("tab")
  const tab = asked === "packages" || asked === "running" ? asked : "findings"
  const isComputed = agent.applied_digest !== null
  return (
    <>
      <header className="page-head">
        <h1 className="page-title">{agent.hostname}</h1>
        {agent.silent ? <SilentBadge since={agent.last_seen_at} /> : <InventoryStateBadge state={agent.inventory_state} />}
        {isComputed && <SeverityBar counts={agent.counts} />}
        <PendingBadges running={agent.running} />
      </header>
      <AgentStanding agent={agent} />
      {agent.silent && (
        <Notice kind="silent" title="This agent does not call any longer" isCompact>
          <p>
            What is shown is as it was <TimeAgo at={agent.last_seen_at} />. See whether the machine is up, its agent runs, and this server can be
            reached from there.
          </p>
        </Notice>
      )}
      <AgentFacts agent={agent} />
      {agent.inventory_state === "pending" && isComputed && (
        <Notice kind="pending" title="A newer inventory is being computed" isCompact>
          <p>What is shown below is from the one before. It changes by itself.</p>
        </Notice>
      )}
      <TabLinks
        label="Parts of this agent"
        current={tab}
        tabs={[
          { id: "findings", label: "Findings", count: isComputed ? formatCount(agent.counts.total) : undefined },
          {
            id: "packages",
            label: "Packages",
            count: isComputed ? formatCount(agent.packages) : undefined,
          },
          { id: "running", label: "Running" },
        ]}
      />
      <ErrorBoundary key={tab} task={`show the ${tab}`}>
        {tab === "findings" ? (
          <AgentFindings agent={agent} />
        ) : tab === "packages" ? (
          <AgentPackages agent={agent} />
        ) : (
          <AgentRunning running={agent.running} />
        )}
      </ErrorBoundary>
    </>
  )
}

function UnknownAgent() {
  return (
    <div className="page">
      <h1 className="page-title">Unknown agent</h1>
      <Notice kind="unmatched" title="There is no such agent in your company">
        <p>
          <Link to={paths.agents}>See all agents</Link>
        </p>
      </Notice>
    </div>
  )
}
