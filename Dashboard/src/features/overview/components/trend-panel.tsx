import { ErrorNotice } from "@/components/error-notice"
import { Panel } from "@/components/panel"
import { Skeleton } from "@/components/skeleton"
import { trendQuery } from "@/features/overview/api/get-trend"
import { TrendChart } from "@/features/overview/components/trend-chart"
import { useSearchParameters } from "@/hooks/use-place"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import type { SeverityCounts } from "@/types/api"

const spans = [
  { days: 7, label: "7 d", words: "Last 7 days" },
  { days: 30, label: "30 d", words: "Last 30 days" },
  { days: 90, label: "90 d", words: "Last 90 days" },
  { days: 365, label: "1 y", words: "Last year" },
] as const

type Span = (typeof spans)[number]

/** How the counts went, over a time that can be chosen. */
export function TrendPanel({ present }: { readonly present: SeverityCounts }) {
  const [parameters, change] = useSearchParameters()
  const span = spans.find(({ days }) => String(days) === parameters.get("days")) ?? spans[0]
  return (
    <Panel
      title={span.words}
      className="area-trend"
      aside={
        <div className="spans" role="group" aria-label="Time shown">
          {spans.map(({ days, label, words }) => (
            <button
              key={days}
              type="button"
              className="legend"
              aria-pressed={days === span.days}
              aria-label={words}
              onClick={() => change({ days: days === spans[0].days ? null : String(days) })}
            >
              {label}
            </button>
          ))}
        </div>
      }
    >
      <Trend span={span} present={present} />
    </Panel>
  )
}

function Trend({ span, present }: { readonly span: Span; readonly present: SeverityCounts }) {
  const { api } = useServices()
  const { data, error, retry } = useQuery(trendQuery(api, span.days))
  if (data) return <TrendChart trend={data} present={present} days={span.days} words={span.words.toLowerCase()} />
  if (error) return <ErrorNotice error={error} task="load the trend" onRetry={retry} isCompact />
  return <Skeleton label="trend" lines={6} height={30} />
}
