import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { DataTable } from "@/components/data-table"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { TimeLeft } from "@/components/time-left"
import { endSession, ownSessionsQuery } from "@/features/settings/api/sessions"
import { QueryList } from "@/features/settings/components/query-list"
import { useAction } from "@/hooks/use-action"
import { useServices } from "@/hooks/use-services"

/** Where one is signed in. */
export function Sessions() {
  const { api } = useServices()
  const end = useAction("sessions", (id: string) => endSession(api, id))
  return (
    <>
      <ActionProblem error={end.error} />
      <QueryList query={ownSessionsQuery(api)} label="sessions" empty={<Notice kind="clear" title="No sessions" />}>
        {(items) => (
          <DataTable
            label="Your sessions"
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
                <ConfirmButton key="end" label="End" object={`session from ${address ?? "unknown"}`} isBusy={end.isBusy} onConfirm={() => void end.run(id)} />
              ),
            ]}
          />
        )}
      </QueryList>
    </>
  )
}
