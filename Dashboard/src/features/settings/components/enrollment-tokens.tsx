import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { CopyButton } from "@/components/copy-button"
import { DataTable } from "@/components/data-table"
import { Field } from "@/components/field"
import { NewSecret } from "@/components/new-secret"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import {
  createEnrollmentToken,
  type EnrollmentTokenRequest,
  enrollmentTokensQuery,
  revokeEnrollmentToken,
} from "@/features/settings/api/enrollment-tokens"
import { LifetimeField } from "@/features/settings/components/lifetime-field"
import { QueryList } from "@/features/settings/components/query-list"
import { isOpen, TokenState } from "@/features/settings/components/token-state"
import { useAction } from "@/hooks/use-action"
import { useNow } from "@/hooks/use-now"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import { formatCount } from "@/lib/format"

/** The tokens with which machines join. */
export function EnrollmentTokens() {
  const { api } = useServices()
  const may = usePermissions()
  const now = useNow()
  const revoke = useAction("enrollment-tokens", (id: string) => revokeEnrollmentToken(api, id))
  const canManage = may("manage_enrollment")
  return (
    <>
      {canManage && <NewToken />}
      <ActionProblem error={revoke.error} />
      <QueryList
        query={enrollmentTokensQuery(api)}
        label="enrollment tokens"
        empty={
          <Notice kind="vacant" title="No enrollment tokens yet">
            <p>An agent needs one to join. Agents that have joined keep working when a token ends or is revoked.</p>
          </Notice>
        }
      >
        {(items) => (
          <DataTable
            label="Enrollment tokens"
            items={items}
            keyOf={({ id }) => id}
            columns={["Label", "Used", "State", "Made", ""]}
            renderCells={(token) => [
              token.label,
              `${formatCount(token.uses)} of ${formatCount(token.maximum_uses)}`,
              <TokenState key="state" token={token} isUsedUp={token.uses >= token.maximum_uses} />,
              <TimeAgo key="made" at={token.created_at} />,
              canManage && isOpen(token, now) && (
                <ConfirmButton key="revoke" label="Revoke" object={`token ${token.label}`} isBusy={revoke.isBusy} onConfirm={() => void revoke.run(token.id)} />
              ),
            ]}
          />
        )}
      </QueryList>
    </>
  )
}

function NewToken() {
  const { api } = useServices()
  const [secret, setSecret] = useState<string | null>(null)
  const create = useAction(
    "enrollment-tokens",
    async (request: EnrollmentTokenRequest) => setSecret((await createEnrollmentToken(api, request)).token),
  )
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const isMade = await create.run({
      label: String(values.get("label")).trim(),
      maximum_uses: Number(values.get("maximum_uses")),
      expires_in: Number(values.get("expires_in")),
    })
    if (isMade) form.reset()
  }
  return (
    <>
      <form className="form-line" aria-label="New enrollment token" onSubmit={(event) => void submit(event)}>
        <Field label="Label">
          <input name="label" required maxLength={100} placeholder="laptops" autoComplete="off" />
        </Field>
        <Field label="Machines">
          <input name="maximum_uses" type="number" required min={1} max={1_000_000} defaultValue={50} />
        </Field>
        <LifetimeField preset={604_800} />
        <button type="submit" className="button button-primary" disabled={create.isBusy}>
          Make token
        </button>
      </form>
      <ActionProblem error={create.error} />
      {secret !== null && (
        <NewSecret title="The token, for the agents that shall join" secret={secret} onDone={() => setSecret(null)}>
          <EnrollCommand />
        </NewSecret>
      )}
    </>
  )
}

/** The secret is handed over in the environment, where no list of processes shows it. */
function EnrollCommand() {
  const command = `ZEROTRACE_ENROLLMENT_TOKEN=TOKEN zerotrace-agent run --server ${window.location.origin}`
  return (
    <>
      <p>On each machine, with the token in place of TOKEN:</p>
      <pre className="command">
        <code>{command}</code>
        <CopyButton text={command} label="command" />
      </pre>
    </>
  )
}
