import { useNow } from "@/hooks/use-now"
import { formatAge, formatAgo, formatInstant } from "@/lib/format"
import type { Instant } from "@/types/api"

interface TimeAgoProps {
  readonly at: Instant
  /** Leaves "ago" out, for columns. */
  readonly short?: boolean
}

/** How long ago; the exact time is in the tooltip. */
export function TimeAgo({ at, short = false }: TimeAgoProps) {
  const now = useNow()
  return (
    <time dateTime={at} title={formatInstant(at)}>
      {short ? formatAge(at, now) : formatAgo(at, now)}
    </time>
  )
}
