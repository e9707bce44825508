import { TimeAgo } from "@/components/time-ago"
import type { Instant } from "@/types/api"

/** Marks an agent that does not call any longer, with how long it has not. */
export function SilentBadge({ since }: { readonly since: Instant }) {
  return (
    <span className="badge badge-silent" title="It has not called since; what is shown may be old">
      silent <TimeAgo at={since} short />
    </span>
  )
}
