import type { ReactNode } from "react"
import { TimeAgo } from "@/components/time-ago"
import { AgentLabels } from "@/features/agents/components/agent-labels"
import { formatBytes, formatCount, formatDigest, formatDuration, formatPlural, formatWord } from "@/lib/format"
import type { AgentDetail, ScanCost } from "@/types/api"

/** What is known of the machine and of its agent, and what the last scan could not read. */
export function AgentFacts({ agent }: { readonly agent: AgentDetail }) {
  return (
    <>
      <dl className="facts">
        <Fact name="System">{agent.os?.name ?? "unknown"}</Fact>
        <Fact name="Kernel">{agent.kernel_release ?? "unknown"}</Fact>
        <Fact name="Architecture">{agent.architecture}</Fact>
        <Fact name="Agent">{agent.agent_version}</Fact>
        <Fact name="Last seen">
          <TimeAgo at={agent.last_seen_at} />
        </Fact>
        <Fact name="Booted">{agent.boot_time ? <TimeAgo at={agent.boot_time} /> : "unknown"}</Fact>
        <Fact name="Enrolled">
          <TimeAgo at={agent.enrolled_at} />
        </Fact>
        <Fact name="Computed">{agent.applied_at ? <TimeAgo at={agent.applied_at} /> : "not yet"}</Fact>
        <Fact name="Inventory">
          {agent.applied_digest ? (
            <code title={agent.applied_digest}>{formatDigest(agent.applied_digest)}</code>
          ) : agent.received_digest ? (
            "received"
          ) : (
            "none yet"
          )}
        </Fact>
        <Fact name="Last scan">{agent.last_scan ? <Cost scan={agent.last_scan} /> : "cost not told"}</Fact>
        <Fact name="Labels">
          <AgentLabels agent={agent} />
        </Fact>
        {agent.dropped_reports > 0 && <Fact name="Dropped reports">{formatCount(agent.dropped_reports)}</Fact>}
      </dl>
      {agent.warnings.length > 0 && (
        <details className="warnings">
          <summary>{formatPlural(agent.warnings.length, "warning")} of the last scan</summary>
          <ul>
            {agent.warnings.map((warning) => (
              <li key={`${warning.path} ${warning.reason}`}>
                <code>{warning.path}</code> <span className="faint">{warning.reason}</span>
              </li>
            ))}
          </ul>
        </details>
      )}
    </>
  )
}

/** What the last scan cost; why it rested, and when it was told, at a second look. */
function Cost({ scan }: { readonly scan: ScanCost }) {
  const pauses = Object.entries(scan.paused_seconds).filter(([, seconds]) => seconds > 0)
  const rested = pauses.reduce((sum, [, seconds]) => sum + seconds, 0)
  const reasons = pauses.map(([reason, seconds]) => `${formatWord(reason)} ${formatDuration(seconds)}`).join(", ")
  return (
    <>
      {formatDuration(scan.cpu_seconds)} of processor, {formatDuration(scan.wall_seconds)} in all
      {rested > 0 && (
        <>
          , <span title={reasons}>{formatDuration(rested)} at rest</span>
        </>
      )}
      {scan.peak_memory !== null && `, ${formatBytes(scan.peak_memory)}`}
      {scan.reported_at !== null && (
        <>
          {" "}
          <span className="faint">
            <TimeAgo at={scan.reported_at} />
          </span>
        </>
      )}
    </>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className="fact">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}
