import { TimeAgo } from "@/components/time-ago"
import { TimeLeft } from "@/components/time-left"
import { formatDate } from "@/lib/format"
import type { RiskException } from "@/types/api"

/** How far an exception is, and by whom. */
export function ExceptionProgress({ item }: { readonly item: RiskException }) {
  const { state, request, decision, revocation, expires_at } = item
  return (
    <span className="lines">
      <span>
        {state === "requested" ? "to be decided" : state}
        {state === "active" && <>, ends <TimeLeft until={expires_at} /></>}
        {state === "requested" && <span className="faint">, until {formatDate(expires_at)}</span>}
        {state === "expired" && <> {formatDate(expires_at)}</>}
      </span>
      <span className="faint">
        asked by {request.name} <TimeAgo at={request.at} />
        {decision && <>; {state === "rejected" ? "rejected" : "approved"} by {decision.name}{decision.comment && `: ${decision.comment}`}</>}
        {revocation && <>; taken back by {revocation.name}{revocation.comment && `: ${revocation.comment}`}</>}
      </span>
    </span>
  )
}
