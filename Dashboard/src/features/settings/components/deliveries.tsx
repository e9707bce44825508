import { useEffect } from "react"
import { ActionProblem } from "@/components/action-problem"
import { DataTable } from "@/components/data-table"
import { ErrorNotice } from "@/components/error-notice"
import { ChoiceFilter } from "@/components/filters"
import { Notice } from "@/components/notice"
import { ShowMore } from "@/components/show-more"
import { Skeleton } from "@/components/skeleton"
import { TimeAgo } from "@/components/time-ago"
import { TimeLeft } from "@/components/time-left"
import { endpointsQuery, notificationsQuery, retryNotification } from "@/features/settings/api/notifications"
import { useAction } from "@/hooks/use-action"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { usePermissions } from "@/hooks/use-permissions"
import { useSearchParameters } from "@/hooks/use-place"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { formatPlural, formatWord } from "@/lib/format"
import { startingWith } from "@/lib/query-cache"
import type { Notification, NotificationState } from "@/types/api"

const states = [
  { value: "", label: "all states" },
  { value: "waiting", label: "waiting" },
  { value: "delivered", label: "delivered" },
  { value: "dead", label: "dead" },
] as const

/** How often to look again, in milliseconds: no event tells of deliveries. */
const lookAgain = 5_000

/** What endpoints were told, or are to be, newest first; what could not be delivered can be tried again. */
export function Deliveries() {
  const { api } = useServices()
  const may = usePermissions()
  const [parameters, change] = useSearchParameters()
  const state = stateFrom(parameters)
  const list = usePagedQuery(notificationsQuery(api, state))
  const endpoints = useQuery(endpointsQuery(api)).data?.items
  const retry = useAction("notifications", (id: string) => retryNotification(api, id))
  const canManage = may("manage_notifications")
  useRefresh()
  const nameOf = (id: string) => {
    const endpoint = endpoints?.find((each) => each.id === id)
    return endpoint?.label || endpoint?.target || ""
  }
  return (
    <>
      <div>
        <ChoiceFilter label="State" value={state ?? ""} options={states} onChange={(value) => change({ state: value })} />
      </div>
      <ActionProblem error={retry.error} />
      {list.items === undefined && list.error ? (
        <ErrorNotice error={list.error} task="load the notifications" onRetry={list.retry} />
      ) : list.items === undefined ? (
        <Skeleton label="notifications" lines={4} height={22} />
      ) : list.items.length === 0 ? (
        <NoDeliveries state={state} />
      ) : (
        <DataTable
          label="Notifications"
          items={list.items}
          keyOf={({ id }) => id}
          columns={["Of", "To", "When", "State", ""]}
          renderCells={(item) => [
            formatWord(item.type),
            nameOf(item.endpoint_id),
            <TimeAgo key="when" at={item.created_at} />,
            <Progress key="state" item={item} />,
            canManage && item.state !== "delivered" && (
              <button
                key="retry"
                type="button"
                className="button button-quiet"
                aria-label={`Try again to tell ${nameOf(item.endpoint_id)} of ${formatWord(item.type)}`}
                disabled={retry.isBusy}
                onClick={() => void retry.run(item.id)}
              >
                Try again
              </button>
            ),
          ]}
        />
      )}
      <ShowMore list={list} />
    </>
  )
}

/** How far a notification is. */
function Progress({ item }: { readonly item: Notification }) {
  const { state, attempts, next_attempt_at, delivered_at, failure } = item
  return (
    <span className="lines">
      <span className={state === "dead" ? "action-problem" : undefined}>
        {state}
        {delivered_at && <> <TimeAgo at={delivered_at} /></>}
        {attempts > 0 && state !== "delivered" && <> after {formatPlural(attempts, "try", "tries")}</>}
        {next_attempt_at && attempts > 0 && <>, next <TimeLeft until={next_attempt_at} /></>}
      </span>
      {failure && state !== "delivered" && <span className="faint">{failure}</span>}
    </span>
  )
}

function NoDeliveries({ state }: { readonly state: NotificationState | null }) {
  if (state === "dead") return <Notice kind="clear" title="Nothing is dead" isCompact><p>All that was to be told arrived, or is still being tried.</p></Notice>
  if (state !== null) return <Notice kind="unmatched" title={`Nothing is ${state}`} isCompact />
  return <Notice kind="vacant" title="Nobody has been told of anything yet" isCompact><p>What is over is kept for two weeks.</p></Notice>
}

function useRefresh() {
  const { cache } = useServices()
  useEffect(() => {
    const timer = setInterval(() => {
      if (document.visibilityState === "visible") cache.invalidate(startingWith("notifications", "list"))
    }, lookAgain)
    return () => clearInterval(timer)
  }, [cache])
}

function stateFrom(parameters: URLSearchParams): NotificationState | null {
  const state = parameters.get("state")
  return state && states.some(({ value }) => value === state) ? (state as NotificationState) : null
}
