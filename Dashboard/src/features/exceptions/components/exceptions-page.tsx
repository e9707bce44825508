import { ActionProblem } from "@/components/action-problem"
import { DataTable } from "@/components/data-table"
import { ErrorNotice } from "@/components/error-notice"
import { ChoiceFilter, ToggleFilter } from "@/components/filters"
import { Notice } from "@/components/notice"
import { ShowMore } from "@/components/show-more"
import { Skeleton } from "@/components/skeleton"
import { decideException, type ExceptionFilter, exceptionsQuery, revokeException } from "@/features/exceptions/api/exceptions"
import { ExceptionActions } from "@/features/exceptions/components/exception-actions"
import { ExceptionProgress } from "@/features/exceptions/components/exception-progress"
import { ExceptionScope } from "@/features/exceptions/components/exception-scope"
import { NewException } from "@/features/exceptions/components/new-exception"
import { useAction } from "@/hooks/use-action"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { usePermissions } from "@/hooks/use-permissions"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { useTitle } from "@/hooks/use-title"
import type { ExceptionState } from "@/types/api"

const states = [
  { value: "", label: "all states" },
  { value: "requested", label: "to be decided" },
  { value: "active", label: "active" },
  { value: "expired", label: "expired" },
  { value: "rejected", label: "rejected" },
  { value: "revoked", label: "revoked" },
] as const

/** What reads differently when a risk is accepted, or not any longer. */
const accepting = ["exceptions", "agents", "vulnerabilities", "overview"]

/** The risks that the company accepts: who asked, who agreed, until when. */
export default function ExceptionsPage() {
  const { api, session } = useServices()
  const may = usePermissions()
  const [parameters, change] = useSearchParameters()
  const filter = filterFrom(parameters)
  const list = usePagedQuery(exceptionsQuery(api, filter))
  const decide = useAction(accepting, (id: string, approved: boolean) => decideException(api, id, approved))
  const revoke = useAction(accepting, (id: string) => revokeException(api, id))
  const me = session.state.status === "signed-in" ? session.state.user.id : null
  useTitle("Exceptions")

  return (
    <div className="page settings">
      <div className="list-tools">
        <h1 className="page-title">Exceptions</h1>
        <ChoiceFilter label="State" value={filter.state ?? ""} options={states} onChange={(state) => change({ state })} />
        {filter.vulnerability !== null && (
          <ToggleFilter label={filter.vulnerability} isOn title="Show those of every vulnerability" onChange={() => change({ vulnerability: null })} />
        )}
      </div>
      <div className="tab-body">
        {may("request_exceptions") && (
          <NewException key={parameters.toString()} vulnerability={filter.vulnerability} agent={parameters.get("agent")} />
        )}
        <ActionProblem error={decide.error ?? revoke.error} />
        {list.items === undefined && list.error ? (
          <ErrorNotice error={list.error} task="load the exceptions" onRetry={list.retry} />
        ) : list.items === undefined ? (
          <Skeleton label="exceptions" lines={4} height={22} />
        ) : list.items.length === 0 ? (
          <NoExceptions isFiltered={filter.state !== null || filter.vulnerability !== null} />
        ) : (
          <DataTable
            label="Exceptions"
            items={list.items}
            keyOf={({ id }) => id}
            columns={["Accepts", "Because", "State", ""]}
            renderCells={(item) => [
              <ExceptionScope key="scope" item={item} />,
              item.reason,
              <ExceptionProgress key="progress" item={item} />,
              <ExceptionActions
                key="actions"
                item={item}
                mayDecide={may("decide_exceptions") && item.request.user_id !== me}
                mayRevoke={may("request_exceptions")}
                isBusy={decide.isBusy || revoke.isBusy}
                onDecide={(approved) => void decide.run(item.id, approved)}
                onRevoke={() => void revoke.run(item.id)}
              />,
            ]}
          />
        )}
        <ShowMore list={list} />
      </div>
    </div>
  )
}

function NoExceptions({ isFiltered }: { readonly isFiltered: boolean }) {
  if (isFiltered) return <Notice kind="unmatched" title="No exception matches" />
  return (
    <Notice kind="vacant" title="No risk has been accepted">
      <p>An exception accepts findings for a time, once somebody else than who asked has agreed. At its end they are open again.</p>
    </Notice>
  )
}

function filterFrom(parameters: URLSearchParams): ExceptionFilter {
  const state = parameters.get("state")
  return {
    state: state && states.some(({ value }) => value === state) ? (state as ExceptionState) : null,
    vulnerability: parameters.get("vulnerability"),
  }
}
