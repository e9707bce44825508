import { useNow } from "@/hooks/use-now"
import { formatInstant, formatLeft } from "@/lib/format"
import type { Instant } from "@/types/api"

interface DueBadgeProps {
  readonly item: { readonly due_at: Instant | null; readonly overdue: boolean }
}

/** Until when something is to be dealt with by the company's policy; nothing where no rule applies, or when it is accepted in time. */
export function DueBadge({ item: { due_at, overdue } }: DueBadgeProps) {
  const now = useNow()
  if (due_at === null) return null
  const title = `Due ${formatInstant(due_at)} by your company's policy`
  if (overdue) return <span className="badge badge-overdue" title={title}>overdue</span>
  if (Date.parse(due_at) <= now) return null
  return <span className="badge badge-due" title={title}>due {formatLeft(due_at, now)}</span>
}
