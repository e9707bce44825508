import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { DataTable } from "@/components/data-table"
import { Field } from "@/components/field"
import { NewSecret } from "@/components/new-secret"
import { Notice } from "@/components/notice"
import { TimeAgo } from "@/components/time-ago"
import { type ApiTokenRequest, apiTokensQuery, createApiToken, revokeApiToken } from "@/features/settings/api/api-tokens"
import { LifetimeField } from "@/features/settings/components/lifetime-field"
import { QueryList } from "@/features/settings/components/query-list"
import { isOpen, TokenState } from "@/features/settings/components/token-state"
import { useAction } from "@/hooks/use-action"
import { useNow } from "@/hooks/use-now"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import type { ApiScope, Permission } from "@/types/api"

/** What a token may be given, and which permission of its maker it takes: nobody gives away what they may not do. */
const scopes: readonly { readonly scope: ApiScope; readonly needs: Permission; readonly label: string }[] = [
  { scope: "findings:read", needs: "view_findings", label: "read agents and findings" },
  { scope: "events:read", needs: "view_events", label: "read events" },
  { scope: "enrollment:read", needs: "view_enrollment", label: "read enrollment tokens" },
  { scope: "enrollment:write", needs: "manage_enrollment", label: "make enrollment tokens" },
  { scope: "agents:write", needs: "manage_agents", label: "keep agents out" },
  { scope: "users:read", needs: "view_users", label: "read people" },
  { scope: "notifications:read", needs: "view_notifications", label: "read notifications" },
  { scope: "triage:write", needs: "triage", label: "assign and write notes" },
  { scope: "exceptions:write", needs: "request_exceptions", label: "ask for exceptions" },
  { scope: "policy:write", needs: "manage_policy", label: "set due dates" },
  { scope: "audit:read", needs: "view_audit", label: "read the audit log" },
]

/** The tokens with which programs act for people. */
export function ApiTokens() {
  const { api } = useServices()
  const may = usePermissions()
  const now = useNow()
  const revoke = useAction("api-tokens", (id: string) => revokeApiToken(api, id))
  const canManage = may("manage_api_tokens")
  return (
    <>
      {canManage && <NewToken />}
      <ActionProblem error={revoke.error} />
      <QueryList
        query={apiTokensQuery(api)}
        label="API tokens"
        empty={
          <Notice kind="vacant" title="No API tokens yet">
            <p>
              Programs send one as <code>Authorization: Bearer …</code>. What they may ask is in <a href="/openapi.json">/openapi.json</a>.
            </p>
          </Notice>
        }
      >
        {(items) => (
          <DataTable
            label="API tokens"
            items={items}
            keyOf={({ id }) => id}
            columns={["Name", "May", "Last used", "State", ""]}
            renderCells={(token) => [
              token.name,
              token.scopes.join(", "),
              token.last_used_at ? <TimeAgo key="used" at={token.last_used_at} /> : "never",
              <TokenState key="state" token={token} />,
              canManage && isOpen(token, now) && (
                <ConfirmButton key="revoke" label="Revoke" object={`token ${token.name}`} isBusy={revoke.isBusy} onConfirm={() => void revoke.run(token.id)} />
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
  const may = usePermissions()
  const [secret, setSecret] = useState<string | null>(null)
  const create = useAction(
    "api-tokens",
    async (request: ApiTokenRequest) => setSecret((await createApiToken(api, request)).token),
  )
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const isMade = await create.run({
      name: String(values.get("name")).trim(),
      scopes: values.getAll("scope") as ApiScope[],
      expires_in: Number(values.get("expires_in")),
    })
    if (isMade) form.reset()
  }
  return (
    <>
      <form className="form-line" aria-label="New API token" onSubmit={(event) => void submit(event)}>
        <Field label="Name">
          <input name="name" required maxLength={100} placeholder="ticket system" autoComplete="off" />
        </Field>
        <LifetimeField preset={7_776_000} />
        <fieldset className="choices">
          <legend className="field-label">May</legend>
          {scopes.filter(({ needs }) => may(needs)).map(({ scope, label }) => (
            <label key={scope} className="choice-box">
              <input type="checkbox" name="scope" value={scope} defaultChecked={scope === "findings:read"} /> {label}
            </label>
          ))}
        </fieldset>
        <button type="submit" className="button button-primary" disabled={create.isBusy}>
          Make token
        </button>
      </form>
      <ActionProblem error={create.error} />
      {secret !== null && <NewSecret title="The token, for the program" secret={secret} onDone={() => setSecret(null)} />}
    </>
  )
}
