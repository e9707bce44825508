import { ErrorNotice } from "@/components/error-notice"
import { Panel } from "@/components/panel"
import { Skeleton } from "@/components/skeleton"
import { scanCostQuery } from "@/features/overview/api/get-scan-cost"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { formatBytes, formatDuration, formatPlural } from "@/lib/format"
import type { FleetScanCost, Percentiles } from "@/types/api"

/** What the last scans cost the machines: the middle of the fleet, and its far end. */
export function ScanCostPanel() {
  const { api } = useServices()
  const { data, error, retry } = useQuery(scanCostQuery(api))
  return (
    <Panel title="What scanning costs" aside={data && data.agents > 0 ? formatPlural(data.agents, "agent") : undefined}>
      {data ? (
        <Costs cost={data} />
      ) : error ? (
        <ErrorNotice error={error} task="load what scanning costs" onRetry={retry} isCompact />
      ) : (
        <Skeleton label="what scanning costs" lines={4} height={22} />
      )}
    </Panel>
  )
}

function Costs({ cost }: { readonly cost: FleetScanCost }) {
  if (cost.agents === 0) return <p className="faint">No agent has told in the last 30 days what a scan cost.</p>
  return (
    <table className="scan-costs" aria-label="What scanning costs">
      <thead>
        <tr>
          <th scope="col">
            <span className="heard-only">What</span>
          </th>
          <th scope="col" title="Half of the agents need at most this.">
            p50
          </th>
          <th scope="col" title="All but one in a hundred need at most this.">
            p99
          </th>
        </tr>
      </thead>
      <tbody>
        <Cost name="Processor time" values={cost.cpu_seconds} format={formatDuration} />
        <Cost name="Start to end" values={cost.wall_seconds} format={formatDuration} />
        <Cost name="of it at rest" values={cost.paused_seconds} format={formatDuration} />
        <Cost name="Most memory" values={cost.peak_memory} format={formatBytes} />
      </tbody>
    </table>
  )
}

interface CostProps {
  readonly name: string
  readonly values: Percentiles | null
  readonly format: (value: number) => string
}

function Cost({ name, values, format }: CostProps) {
  return (
    <tr>
      <th scope="row">{name}</th>
      <td className="figure">{values ? format(values.p50) : "unknown"}</td>
      <td className="figure">{values ? format(values.p99) : "unknown"}</td>
    </tr>
  )
}
