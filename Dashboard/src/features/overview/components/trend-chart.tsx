import { type PointerEvent, useMemo, useRef, useState } from "react"
import { Notice } from "@/components/notice"
import { useNow } from "@/hooks/use-now"
import { useWidth } from "@/hooks/use-width"
import { indexInForce, linearScale, niceTicks, stepPath, timeTicks } from "@/lib/chart"
import { formatCount, formatInstant } from "@/lib/format"
import type { SeverityCounts, TrendPoint } from "@/types/api"

type Series = "exploited" | "critical" | "high" | "medium" | "low"

const allSeries: readonly Series[] = ["exploited", "critical", "high", "medium", "low"]
const height = 190
const margin = { top: 10, right: 10, bottom: 22, left: 44 }

interface TrendChartProps {
  readonly trend: readonly TrendPoint[]
  /** The counts now, which stand at the right edge. */
  readonly present: SeverityCounts
  readonly days: number
  /** The time in words: "last 7 days". */
  readonly words: string
}

interface Sample {
  readonly at: number
  readonly counts: SeverityCounts
}

/** Counts as step lines: a count holds until it changes. */
export function TrendChart({ trend, present, days, words }: TrendChartProps) {
  const [hidden, setHidden] = useState<readonly Series[]>(["medium", "low"])
  const now = useNow()
  const samples = useMemo(
    () => [...trend.map(({ hour, counts }) => ({ at: Date.parse(hour), counts })), { at: now, counts: present }],
    [trend, present, now],
  )
  const shown = allSeries.filter((series) => !hidden.includes(series))
  const toggle = (series: Series) =>
    setHidden(hidden.includes(series) ? hidden.filter((each) => each !== series) : [...hidden, series])

  if (trend.length === 0) {
    return (
      <Notice kind="pending" title="No history yet" isCompact>
        <p>The first point is drawn within the hour.</p>
      </Notice>
    )
  }
  return (
    <div className="trend">
      <div className="trend-legend" role="group" aria-label="Lines shown">
        {allSeries.map((series) => (
          <button
            key={series}
            type="button"
            className={`legend legend-${series}`}
            aria-pressed={!hidden.includes(series)}
            onClick={() => toggle(series)}
          >
            <span className={`legend-mark fill-${series}`} aria-hidden="true" />
            {series}
          </button>
        ))}
      </div>
      <Plot samples={samples} shown={shown} now={now} span={days * 86_400_000} words={words} />
    </div>
  )
}

interface PlotProps {
  readonly samples: readonly Sample[]
  readonly shown: readonly Series[]
  readonly now: number
  /** Milliseconds. */
  readonly span: number
  readonly words: string
}

function Plot({ samples, shown, now, span, words }: PlotProps) {
  const frame = useRef<HTMLDivElement>(null)
  const width = useWidth(frame)
  const [pointer, setPointer] = useState<number | null>(null)

  const start = now - span
  const largest = Math.max(1, ...samples.flatMap(({ counts }) => shown.map((series) => counts[series])))
  const ticks = niceTicks(largest, 4)
  const x = linearScale([start, now], [margin.left, Math.max(width - margin.right, margin.left)])
  const y = linearScale([0, ticks[ticks.length - 1] ?? 1], [height - margin.bottom, margin.top])
  const clamp = (at: number) => x(Math.max(at, start))

  const point = (event: PointerEvent<HTMLDivElement>) => {
    const left = event.currentTarget.getBoundingClientRect().left
    const at = start + ((event.clientX - left - margin.left) / (width - margin.left - margin.right)) * span
    setPointer(Math.min(Math.max(at, start), now))
  }
  const pointed = pointer === null ? undefined : samples[Math.max(indexInForce(samples, pointer), 0)]

  return (
    <div className="plot" ref={frame} onPointerMove={point} onPointerLeave={() => setPointer(null)}>
      {width > 0 && (
        <svg width={width} height={height} role="img" aria-label={`Vulnerabilities over the ${words}: ${changesOf(samples, shown)}`}>
          {ticks.map((tick) => (
            <g key={tick}>
              <line className="plot-grid" x1={margin.left} x2={width - margin.right} y1={y(tick)} y2={y(tick)} />
              <text className="plot-label" x={margin.left - 8} y={y(tick) + 4} textAnchor="end">
                {formatCount(tick)}
              </text>
            </g>
          ))}
          {timeTicks(start, now, Math.max(Math.floor((width - margin.left) / 56), 2)).map((at) => (
            <g key={at}>
              <line className="plot-tick" x1={x(at)} x2={x(at)} y1={height - margin.bottom} y2={height - margin.bottom + 4} />
              <text className="plot-label" x={x(at)} y={height - 4} textAnchor="middle">
                {new Date(at).toISOString().slice(5, 10)}
              </text>
            </g>
          ))}
          {[...shown].reverse().map((series) => (
            <path
              key={series}
              className={`plot-line stroke-${series}`}
              d={stepPath(samples.map(({ at, counts }) => ({ at, value: counts[series] })), now, clamp, y)}
            />
          ))}
          {pointed && pointer !== null && (
            <line className="plot-cursor" x1={x(pointer)} x2={x(pointer)} y1={margin.top} y2={height - margin.bottom} />
          )}
        </svg>
      )}
      {pointed && pointer !== null && (
        <div
          className="plot-tip"
          style={x(pointer) > width / 2 ? { right: width - x(pointer) + 10 } : { left: x(pointer) + 10 }}
        >
          <p className="faint">{formatInstant(new Date(pointed.at).toISOString()).slice(0, 16)}</p>
          {shown.map((series) => (
            <p key={series}>
              <span className={`legend-mark fill-${series}`} /> {series}
              <span className="figure">{formatCount(pointed.counts[series])}</span>
            </p>
          ))}
        </div>
      )}
    </div>
  )
}

function changesOf(samples: readonly Sample[], shown: readonly Series[]): string {
  const first = samples[0]
  const last = samples[samples.length - 1]
  if (!first || !last) return "no history"
  return shown.map((series) => `${series} from ${first.counts[series]} to ${last.counts[series]}`).join(", ")
}
