import { Notice } from "@/components/notice"
import { ApiError } from "@/lib/api-error"

interface ErrorNoticeProps {
  readonly error: unknown
  /** What could not be done: "load the agents". */
  readonly task: string
  readonly onRetry?: () => void
  readonly isCompact?: boolean
}

/** Tells that something failed, why, and how to go on. */
export function ErrorNotice({ error, task, onRetry, isCompact = false }: ErrorNoticeProps) {
  const problem = error instanceof ApiError ? error : null
  return (
    <Notice kind="error" title={`Could not ${task}`} isCompact={isCompact}>
      <p>
        {problem?.message ?? "The dashboard met something it did not expect."}
        {problem?.retryAfter ? ` Try again in ${problem.retryAfter} seconds.` : ""}
      </p>
      {problem?.requestId && (
        <p className="faint">
          request <code>{problem.requestId}</code>
        </p>
      )}
      {onRetry && (
        <button type="button" className="button" onClick={onRetry}>
          Try again
        </button>
      )}
    </Notice>
  )
}
