import { TimeLeft } from "@/components/time-left"
import { useNow } from "@/hooks/use-now"
import { formatDate } from "@/lib/format"
import type { Instant } from "@/types/api"

interface TokenStateProps {
  readonly token: { readonly expires_at: Instant; readonly revoked_at: Instant | null }
  readonly isUsedUp?: boolean
}

/** Whether a token works, and how long still. */
export function TokenState({ token, isUsedUp = false }: TokenStateProps) {
  const now = useNow()
  if (token.revoked_at !== null) return <span className="faint">revoked {formatDate(token.revoked_at)}</span>
  if (Date.parse(token.expires_at) <= now) return <span className="faint">expired {formatDate(token.expires_at)}</span>
  if (isUsedUp) return <span className="faint">used up</span>
  return (
    <span>
      ends <TimeLeft until={token.expires_at} />
    </span>
  )
}

/** Whether a token can still be revoked. */
export function isOpen({ expires_at, revoked_at }: TokenStateProps["token"], now: number): boolean {
  return revoked_at === null && Date.parse(expires_at) > now
}
