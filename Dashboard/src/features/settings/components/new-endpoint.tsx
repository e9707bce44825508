import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { Field } from "@/components/field"
import { NewSecret } from "@/components/new-secret"
import { createEndpoint, type EndpointRequest } from "@/features/settings/api/notifications"
import { useAction } from "@/hooks/use-action"
import { useServices } from "@/hooks/use-services"
import type { NotificationEndpoint, Severity } from "@/types/api"

const severities = [
  { value: "", label: "every severity" },
  { value: "low", label: "low and worse" },
  { value: "medium", label: "medium and worse" },
  { value: "high", label: "high and worse" },
  { value: "critical", label: "critical only" },
] as const

/** Lets a webhook or an e-mail address be told. */
export function NewEndpoint() {
  const { api } = useServices()
  const [kind, setKind] = useState<NotificationEndpoint["kind"]>("email")
  const [secret, setSecret] = useState<string | null>(null)
  const create = useAction(
    "notifications",
    async (request: EndpointRequest) => setSecret((await createEndpoint(api, request)).secret),
  )
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const isMade = await create.run(requestFrom(kind, new FormData(form)))
    if (isMade) form.reset()
  }
  return (
    <>
      <form className="form-line" aria-label="New endpoint" onChange={create.forget} onSubmit={(event) => void submit(event)}>
        <Field label="By">
          <select value={kind} onChange={(event) => setKind(event.target.value as typeof kind)}>
            <option value="email">e-mail</option>
            <option value="webhook">webhook</option>
          </select>
        </Field>
        {kind === "email" ? (
          <Field label="Address">
            <input key="email" name="target" type="email" required maxLength={254} autoComplete="off" placeholder="team@example.com" />
          </Field>
        ) : (
          <Field label="URL">
            <input key="url" name="target" type="url" required maxLength={2_000} autoComplete="off" placeholder="https://hooks.example.com/findings" />
          </Field>
        )}
        <Field label="Label">
          <input name="label" maxLength={200} autoComplete="off" placeholder="on-call" />
        </Field>
        <Field label="Of findings that are">
          <select name="minimum_severity" defaultValue="high">
            {severities.map(({ value, label }) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </Field>
        <label className="choice-box">
          <input type="checkbox" name="exploited_only" /> only what is exploited
        </label>
        <button type="submit" className="button button-primary" disabled={create.isBusy}>
          Add
        </button>
      </form>
      <ActionProblem error={create.error} />
      {secret !== null && (
        <NewSecret title="The secret, for whoever receives the requests" secret={secret} onDone={() => setSecret(null)}>
          <p className="faint">
            Every request is signed with it, as{" "}
            <a href="https://www.standardwebhooks.com" target="_blank" rel="noopener noreferrer">
              Standard Webhooks
            </a>{" "}
            says.
          </p>
        </NewSecret>
      )}
    </>
  )
}

function requestFrom(kind: NotificationEndpoint["kind"], values: FormData): EndpointRequest {
  const target = String(values.get("target")).trim()
  return {
    kind,
    ...(kind === "email" ? { address: target } : { url: target }),
    label: String(values.get("label")).trim(),
    minimum_severity: (values.get("minimum_severity") || null) as Severity | null,
    exploited_only: values.get("exploited_only") !== null,
  }
}
