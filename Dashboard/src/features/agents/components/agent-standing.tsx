import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { Field } from "@/components/field"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { barredAgentsQuery, setStanding } from "@/features/agents/api/barred-agents"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import type { AgentDetail, AgentStanding as Standing } from "@/types/api"

/** Whether the agent is kept out, and how to keep it out or let it in again. */
export function AgentStanding({ agent }: { readonly agent: AgentDetail }) {
  const { api } = useServices()
  const may = usePermissions()
  const { data } = useQuery(barredAgentsQuery(api))
  const change = useAction(
    "agents",
    (standing: Standing, reason: string) => setStanding(api, agent.id, standing, reason),
  )
  const barred = data?.items.find(({ id }) => id === agent.id)
  const isManaged = may("manage_agents")

  if (!barred) return isManaged && data ? <KeepOut agent={agent} onKeepOut={change.run} error={change.error} /> : null
  return (
    <Notice kind="barred" title={barred.standing === "revoked" ? "Kept out for good" : "Kept out until somebody has looked"}>
      <p>
        {barred.reason}, <TimeAgo at={barred.since} />. What it says is not taken; what is shown is from before.
      </p>
      {barred.standing === "revoked" && <p>Only a new key and a new enrollment bring the machine back.</p>}
      {isManaged && barred.standing === "quarantined" && (
        <ConfirmButton
          label="Let in again"
          object={agent.hostname}
          isBusy={change.isBusy}
          onConfirm={() => void change.run("active", "looked at and let in again")}
        />
      )}
      <ActionProblem error={change.error} />
    </Notice>
  )
}

interface KeepOutProps {
  readonly agent: AgentDetail
  readonly onKeepOut: (standing: Standing, reason: string) => Promise<boolean>
  readonly error: unknown
}

function KeepOut({ agent, onKeepOut, error }: KeepOutProps) {
  const [isOpen, setIsOpen] = useState(false)
  if (!isOpen) {
    return (
      <button type="button" className="button button-quiet keep-out" aria-label={`Keep ${agent.hostname} out`} onClick={() => setIsOpen(true)}>
        Keep out…
      </button>
    )
  }
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const values = new FormData(event.currentTarget)
    void onKeepOut(values.get("standing") as Standing, String(values.get("reason")).trim())
  }
  return (
    <form className="form-line" aria-label="Keep out" onSubmit={submit}>
      <Field label="For how long">
        <select name="standing" defaultValue="quarantined">
          <option value="quarantined">until it is let in again</option>
          <option value="revoked">for good</option>
        </select>
      </Field>
      <Field label="Reason">
        <input name="reason" required maxLength={200} autoComplete="off" />
      </Field>
      <button type="submit" className="button button-danger">
        Keep out
      </button>
      <button type="button" className="button button-quiet" onClick={() => setIsOpen(false)}>
        Cancel
      </button>
      <ActionProblem error={error} />
    </form>
  )
}
