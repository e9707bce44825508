import { ActionProblem } from "@/components/action-problem"
import { DueBadge } from "@/components/due-badge"
import { Panel } from "@/components/panel"
import { TimeAgo } from "@/components/time-ago"
import { setAssignee } from "@/features/vulnerabilities/api/set-assignee"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import { useUsers } from "@/hooks/use-users"
import { formatDate } from "@/lib/format"
import type { User, VulnerabilitySummary } from "@/types/api"

/** Who deals with it, until when. */
export function TriagePanel({ item }: { readonly item: VulnerabilitySummary }) {
  const { assignee, due_at } = item
  return (
    <Panel title="Who and until when">
      <dl className="scores triage">
        <div>
          <dt>Assigned</dt>
          <dd>
            <Assignee item={item} />
            {assignee && (
              <span className="faint">
                <TimeAgo at={assignee.since} />
              </span>
            )}
          </dd>
        </div>
        <div>
          <dt>Due</dt>
          <dd>{due_at === null ? <span className="faint">no date</span> : <>{formatDate(due_at)} <DueBadge item={item} /></>}</dd>
        </div>
      </dl>
    </Panel>
  )
}

/** Its name, or what changes it. Who may not see the people can take it and give it back. */
function Assignee({ item }: { readonly item: VulnerabilitySummary }) {
  const { api, session } = useServices()
  const may = usePermissions()
  const assign = useAction("vulnerabilities", (user: string | null) => setAssignee(api, item.id, user))
  const me = session.state.status === "signed-in" ? session.state.user : null
  const { assignee } = item
  if (!may("triage") || !me) return <Name assignee={assignee} me={me} />
  return (
    <>
      {may("view_users") ? (
        <PeopleChoice item={item} isBusy={assign.isBusy} onChoose={(user) => void assign.run(user)} />
      ) : (
        <span className="assignee">
          <Name assignee={assignee} me={me} />
          <button
            type="button"
            className="button"
            disabled={assign.isBusy}
            onClick={() => void assign.run(assignee?.user_id === me.id ? null : me.id)}
          >
            {assignee?.user_id === me.id ? "Give back" : "Take it"}
          </button>
        </span>
      )}
      <ActionProblem error={assign.error} />
    </>
  )
}

interface PeopleChoiceProps {
  readonly item: VulnerabilitySummary
  readonly isBusy: boolean
  readonly onChoose: (user: string | null) => void
}

function PeopleChoice({ item: { id, assignee }, isBusy, onChoose }: PeopleChoiceProps) {
  const users = useUsers() ?? []
  const isKnown = assignee === null || users.some((user) => user.id === assignee.user_id)
  return (
    <label className="choice">
      <span className="choice-label">Who deals with {id}</span>
      <select value={assignee?.user_id ?? ""} disabled={isBusy} onChange={(event) => onChoose(event.target.value || null)}>
        <option value="">nobody</option>
        {!isKnown && <option value={assignee.user_id}>{assignee.name}</option>}
        {users.map((user) => (
          <option key={user.id} value={user.id}>
            {user.email}
          </option>
        ))}
      </select>
    </label>
  )
}

function Name({ assignee, me }: { readonly assignee: VulnerabilitySummary["assignee"]; readonly me: User | null }) {
  if (assignee === null) return <span className="faint">nobody</span>
  return <span>{assignee.user_id === me?.id ? "you" : assignee.name}</span>
}
