import { useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { DataTable } from "@/components/data-table"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { endpointsQuery, removeEndpoint, testEndpoint } from "@/features/settings/api/notifications"
import { NewEndpoint } from "@/features/settings/components/new-endpoint"
import { QueryList } from "@/features/settings/components/query-list"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import type { NotificationEndpoint } from "@/types/api"

/** The webhooks and e-mail addresses that are told. */
export function Endpoints() {
  const { api } = useServices()
  const may = usePermissions()
  const [tested, setTested] = useState("")
  const test = useAction("notifications", (id: string) => testEndpoint(api, id))
  const remove = useAction("notifications", (id: string) => removeEndpoint(api, id))
  const canManage = may("manage_notifications")
  const takeAway = (id: string) => {
    test.forget()
    void remove.run(id)
  }
  const tryOut = async ({ id, target }: NotificationEndpoint) => setTested((await test.run(id)) ? target : "")
  return (
    <>
      {canManage && <NewEndpoint />}
      <ActionProblem error={test.error ?? remove.error} />
      {test.isDone && <p role="status">A test is on its way to {tested}. What becomes of it stands below.</p>}
      <QueryList
        query={endpointsQuery(api)}
        label="endpoints"
        empty={
          <Notice kind="vacant" title="Nobody is told yet">
            <p>A webhook or an e-mail address is told of every finding that is first seen from then on, and of agents that fall silent.</p>
          </Notice>
        }
      >
        {(items) => (
          <DataTable
            label="Endpoints"
            items={items}
            keyOf={({ id }) => id}
            columns={["Where", "Label", "Of what", "Made", ""]}
            renderCells={(endpoint) => [
              <Where key="where" endpoint={endpoint} />,
              endpoint.label,
              ofWhat(endpoint),
              <TimeAgo key="made" at={endpoint.created_at} />,
              canManage && (
                <span key="actions" className="actions">
                  <button
                    type="button"
                    className="button button-quiet"
                    aria-label={`Test ${endpoint.target}`}
                    disabled={test.isBusy}
                    onClick={() => void tryOut(endpoint)}
                  >
                    Test
                  </button>
                  <ConfirmButton label="Remove" object={endpoint.target} isBusy={remove.isBusy} onConfirm={() => takeAway(endpoint.id)} />
                </span>
              ),
            ]}
          />
        )}
      </QueryList>
    </>
  )
}

function Where({ endpoint: { kind, target, created_by } }: { readonly endpoint: NotificationEndpoint }) {
  return (
    <span className="lines">
      <span>{target}</span>
      <span className="faint">
        {kind === "email" ? "e-mail" : "webhook"}, made by {created_by}
      </span>
    </span>
  )
}

function ofWhat({ minimum_severity, exploited_only }: NotificationEndpoint): string {
  const severity =
    minimum_severity === null ? "every severity" : minimum_severity === "critical" ? "critical only" : `${minimum_severity} and worse`
  return exploited_only ? `${severity}, exploited only` : severity
}
