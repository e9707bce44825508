import type { FormEvent } from "react"
import { ActionProblem } from "@/components/action-problem"
import { Panel } from "@/components/panel"
import { QueryContent } from "@/components/query-content"
import { retentionPolicyQuery, setRetentionPolicy } from "@/features/settings/api/retention-policy"
import { SaveButton } from "@/features/settings/components/save-button"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import { formatPlural } from "@/lib/format"

/** How long the company keeps what only grows. */
export function Retention() {
  const { api } = useServices()
  const may = usePermissions()
  return (
    <Panel title="Retention" className="panel-open">
      <p className="faint">
        Events older than this leave the activity list; findings, counts and the audit log stay. The operator of the installation archives them before
        they go.
      </p>
      <QueryContent query={retentionPolicyQuery(api)} label="retention policy">
        {({ event_days }) => (may("manage_policy") ? <PolicyForm days={event_days} /> : <p>Events are kept {inWords(event_days)}.</p>)}
      </QueryContent>
    </Panel>
  )
}

function PolicyForm({ days }: { readonly days: number | null }) {
  const { api } = useServices()
  const save = useAction("retention-policy", (wanted: number | null) => setRetentionPolicy(api, { event_days: wanted }))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const entered = new FormData(event.currentTarget).get("event_days")
    void save.run(entered === "" ? null : Number(entered))
  }
  return (
    <form className="stack" aria-label="Retention" onChange={save.forget} onSubmit={submit}>
      <label className="days">
        Keep events for
        <input type="number" name="event_days" min={7} max={3_650} placeholder="ever" defaultValue={days ?? ""} />
        <span className="faint">days</span>
      </label>
      <ActionProblem error={save.error} />
      <SaveButton action={save} />
    </form>
  )
}

function inWords(days: number | null): string {
  return days === null ? "for ever" : `for ${formatPlural(days, "day")}`
}
