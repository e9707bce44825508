import { useNow } from "@/hooks/use-now"
import { formatInstant, formatLeft } from "@/lib/format"
import type { Instant } from "@/types/api"

/** How long until then; the exact time is in the tooltip. */
export function TimeLeft({ until }: { readonly until: Instant }) {
  const now = useNow()
  return (
    <time dateTime={until} title={formatInstant(until)}>
      {formatLeft(until, now)}
    </time>
  )
}
