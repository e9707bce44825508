import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { DataTable } from "@/components/data-table"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { TimeLeft } from "@/components/time-left"
import { endSession, endSessionOf, ownSessionsQuery, sessionsOfQuery } from "@/features/settings/api/sessions"
import { QueryList } from "@/features/settings/components/query-list"
import { useAction } from "@/hooks/use-action"
import { useServices } from "@/hooks/use-services"
import type { Query } from "@/lib/query-cache"
import type { List, SessionSummary, User } from "@/types/api"

/** Where one is signed in. */
export function Sessions() {
  const { api } = useServices()
  return <SessionList label="Your sessions" query={ownSessionsQuery(api)} end={(id) => endSession(api, id)} />
}

interface SessionsOfProps {
  readonly user: User
  /** Whether the caller may end them; else they are shown alone. */
  readonly mayEnd: boolean
}

/** Where somebody else is signed in. */
export function SessionsOf({ user, mayEnd }: SessionsOfProps) {
  const { api } = useServices()
  const end = mayEnd ? (id: string) => endSessionOf(api, user.id, id) : undefined
  return <SessionList label={`Sessions of ${user.email}`} query={sessionsOfQuery(api, user.id)} end={end} />
}

interface SessionListProps {
  readonly label: string
  readonly query: Query<List<SessionSummary>>
  readonly end: ((id: string) => Promise<void>) | undefined
}

function SessionList({ label, query, end }: SessionListProps) {
  const ending = useAction("sessions", async (id: string) => end?.(id))
  return (
    <>
      <ActionProblem error={ending.error} />
      <QueryList query={query} label="sessions" empty={<Notice kind="clear" title="No sessions" />}>
        {(items) => (
          <DataTable
            label={label}
            items={items}
            keyOf={({ id }) => id}
            columns={["Address", "Signed in", "Last used", "Ends", ""]}
            renderCells={({ id, address, created_at, last_used_at, expires_at, current }) => [
              address ?? "unknown",
              <TimeAgo key="since" at={created_at} />,
              <TimeAgo key="used" at={last_used_at} />,
              <TimeLeft key="left" until={expires_at} />,
              current ? (
                <span key="this" className="faint">this one</span>
              ) : (
                end && (
                  <ConfirmButton
                    key="end"
                    label="End"
                    object={`session from ${address ?? "unknown"}`}
                    isBusy={ending.isBusy}
                    onConfirm={() => void ending.run(id)}
                  />
                )
              ),
            ]}
          />
        )}
      </QueryList>
    </>
  )
}
