import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { Field } from "@/components/field"
import { setLabels } from "@/features/agents/api/set-labels"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import type { AgentDetail } from "@/types/api"

/** An agent's labels, which exceptions may name, and how to change them. */
export function AgentLabels({ agent: { id, hostname, labels } }: { readonly agent: AgentDetail }) {
  const { api } = useServices()
  const may = usePermissions()
  const [isOpen, setIsOpen] = useState(false)
  const change = useAction("agents", (wanted: readonly string[]) => setLabels(api, id, wanted))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const text = String(new FormData(event.currentTarget).get("labels"))
    const wanted = [...new Set(text.split(",").map((label) => label.trim()).filter(Boolean))]
    if (await change.run(wanted)) setIsOpen(false)
  }
  if (!isOpen) {
    return (
      <span className="labels">
        {labels.map((label) => (
          <span key={label} className="badge badge-label">
            {label}
          </span>
        ))}
        {may("manage_agents") ? (
          <button type="button" className="button button-quiet" aria-label={`Change the labels of ${hostname}`} onClick={() => setIsOpen(true)}>
            {labels.length > 0 ? "change" : "add"}
          </button>
        ) : (
          labels.length === 0 && <span className="faint">none</span>
        )}
      </span>
    )
  }
  return (
    <form className="labels" aria-label="Labels" onSubmit={(event) => void submit(event)}>
      <Field label="With commas between them">
        <input name="labels" defaultValue={labels.join(", ")} maxLength={5_000} autoComplete="off" autoFocus />
      </Field>
      <button type="submit" className="button" disabled={change.isBusy}>
        Save
      </button>
      <button type="button" className="button button-quiet" onClick={() => setIsOpen(false)}>
        Cancel
      </button>
      <ActionProblem error={change.error} />
    </form>
  )
}
