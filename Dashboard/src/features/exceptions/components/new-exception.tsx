import type { FormEvent } from "react"
import { ActionProblem } from "@/components/action-problem"
import { Field } from "@/components/field"
import { type ExceptionRequest, requestException } from "@/features/exceptions/api/exceptions"
import { useAction } from "@/hooks/use-action"
import { useServices } from "@/hooks/use-services"
import type { AgentID, VulnerabilityID } from "@/types/api"

const day = 24 * 3_600_000

const lifetimes = [
  { days: 7, label: "7 days" },
  { days: 30, label: "30 days" },
  { days: 90, label: "90 days" },
  { days: 180, label: "180 days" },
  { days: 365, label: "1 year" },
] as const

interface NewExceptionProps {
  readonly vulnerability: VulnerabilityID | null
  readonly agent: AgentID | null
}

/** Asks for a risk to be accepted. Somebody else has to agree before anything changes. */
export function NewException({ vulnerability, agent }: NewExceptionProps) {
  const { api } = useServices()
  const create = useAction("exceptions", (request: ExceptionRequest) => requestException(api, request))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const text = (name: string) => String(values.get(name) ?? "").trim()
    const ends = new Date(Date.now() + Number(values.get("days")) * day)
    const isMade = await create.run({
      vulnerability: text("vulnerability") || null,
      package: text("package") || null,
      label: text("label") || null,
      agent_id: agent,
      reason: text("reason"),
      expires_at: `${ends.toISOString().slice(0, 19)}Z`,
    })
    if (isMade) form.reset()
  }
  return (
    <>
      <form className="form-line" aria-label="New exception" onSubmit={(event) => void submit(event)}>
        <Field label="Vulnerability">
          <input name="vulnerability" defaultValue={vulnerability ?? ""} maxLength={100} autoComplete="off" spellCheck={false} placeholder="every one" />
        </Field>
        <Field label="Package, without version">
          <input name="package" maxLength={1_000} autoComplete="off" spellCheck={false} placeholder="pkg:deb/debian/openssl" />
        </Field>
        {agent === null ? (
          <Field label="Only agents labelled">
            <input name="label" maxLength={100} autoComplete="off" placeholder="every agent" />
          </Field>
        ) : (
          <p className="faint">on one agent only</p>
        )}
        <Field label="For">
          <select name="days" defaultValue={30}>
            {lifetimes.map(({ days, label }) => (
              <option key={days} value={days}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        <Field label="Reason" isWide>
          <input name="reason" required maxLength={2_000} autoComplete="off" />
        </Field>
        <button type="submit" className="button button-primary" disabled={create.isBusy}>
          Ask to accept
        </button>
      </form>
      <ActionProblem error={create.error} />
      {create.isDone && <p role="status">Asked. Somebody else has to approve it before anything counts as accepted.</p>}
    </>
  )
}
