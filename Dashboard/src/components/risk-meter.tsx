import { formatRisk } from "@/lib/format"

/** A risk from 0 to 100 as figure and bar. */
export function RiskMeter({ value }: { readonly value: number }) {
  return (
    <span className="risk" title={`Risk ${value.toFixed(1)} of 100`}>
      <span className="risk-figure">{formatRisk(value)}</span>
      <span className="risk-track" aria-hidden="true">
        <span className={`risk-fill risk-${riskBand(value)}`} style={{ width: `${Math.min(Math.max(value, 0), 100)}%` }} />
      </span>
    </span>
  )
}

/** The severity whose colour a risk takes. */
export function riskBand(value: number): "critical" | "high" | "medium" | "low" {
  if (value >= 85) return "critical"
  if (value >= 65) return "high"
  return value >= 40 ? "medium" : "low"
}
