import { type FormEvent, useState } from "react"
import { ActionProblem } from "@/components/action-problem"
import { ConfirmButton } from "@/components/confirm-button"
import { DataTable } from "@/components/data-table"
import { Field } from "@/components/field"
import { NewSecret } from "@/components/new-secret"
import { Notice } from "@/components/notice"
import { Panel } from "@/components/panel"
import { changeRole, createUser, issuePasswordReset, removeUser } from "@/features/settings/api/users"
import { QueryList } from "@/features/settings/components/query-list"
import { SessionsOf } from "@/features/settings/components/sessions"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import { usersQuery } from "@/hooks/use-users"
import { paths } from "@/lib/paths"
import type { Role, User } from "@/types/api"

const roles: readonly { readonly role: Role; readonly label: string }[] = [
  { role: "viewer", label: "viewer: sees findings" },
  { role: "analyst", label: "analyst: works on findings" },
  { role: "auditor", label: "auditor: sees findings and who did what" },
  { role: "admin", label: "admin: manages people, agents and tokens" },
  { role: "owner", label: "owner: everything" },
]

/** Who may sign in, and as what. */
export function People() {
  const { api, session } = useServices()
  const may = usePermissions()
  const change = useAction("users", (id: string, role: Role) => changeRole(api, id, role))
  const remove = useAction("users", (id: string) => removeUser(api, id))
  const [reset, setReset] = useState<{ readonly email: string; readonly token: string } | null>(null)
  const [open, setOpen] = useState<string | null>(null)
  const issue = useAction(
    "users",
    async ({ id, email }: User) => setReset({ email, token: (await issuePasswordReset(api, id)).token }),
  )
  const me = session.state.status === "signed-in" ? session.state.user : null
  const isChangeable = (user: User) => may("manage_users") && user.id !== me?.id && isWithin(me?.role, user.role)
  return (
    <>
      {may("manage_users") && <NewPerson own={me?.role} />}
      <ActionProblem error={change.error ?? remove.error ?? issue.error} />
      {reset && (
        <NewSecret
          title={`The link with which ${reset.email} sets a password`}
          secret={`${window.location.origin}${paths.passwordReset}#${reset.token}`}
          onDone={() => setReset(null)}
        >
          <p className="faint">It works once, for a day, and ends all their sessions. Hand it over by a way that nobody else reads.</p>
        </NewSecret>
      )}
      <QueryList query={usersQuery(api)} label="people" empty={<Notice kind="vacant" title="Nobody yet" />}>
        {(items) => (
          <>
            <DataTable
              label="People"
              items={items}
              keyOf={({ id }) => id}
              columns={["E-mail", "Role", ""]}
              renderCells={(user) => [
                user.id === me?.id ? `${user.email} (you)` : user.email,
                isChangeable(user) ? (
                  <select
                    key="role"
                    aria-label={`Role of ${user.email}`}
                    value={user.role}
                    disabled={change.isBusy}
                    onChange={(event) => void change.run(user.id, event.target.value as Role)}
                  >
                    <RoleOptions own={me?.role} />
                  </select>
                ) : (
                  user.role
                ),
                user.id !== me?.id && (
                  <span key="actions" className="actions">
                    <button
                      type="button"
                      className="button button-quiet"
                      aria-label={`Sessions of ${user.email}`}
                      aria-expanded={open === user.id}
                      onClick={() => setOpen(open === user.id ? null : user.id)}
                    >
                      Sessions
                    </button>
                    {isChangeable(user) && (
                      <>
                        <ConfirmButton label="Reset password" object={`of ${user.email}`} isBusy={issue.isBusy} onConfirm={() => void issue.run(user)} />
                        <ConfirmButton label="Remove" object={user.email} isBusy={remove.isBusy} onConfirm={() => void remove.run(user.id)} />
                      </>
                    )}
                  </span>
                ),
              ]}
            />
            {items.filter(({ id }) => id === open).map((user) => (
              <Panel key={user.id} title={`Sessions of ${user.email}`} className="panel-open">
                <SessionsOf user={user} mayEnd={isChangeable(user)} />
              </Panel>
            ))}
          </>
        )}
      </QueryList>
    </>
  )
}

function NewPerson({ own }: { readonly own: Role | undefined }) {
  const { api } = useServices()
  const create = useAction(
    "users",
    (user: { email: string; role: Role; password: string }) => createUser(api, user),
  )
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const isMade = await create.run({
      email: String(values.get("email")).trim(),
      role: String(values.get("role")) as Role,
      password: String(values.get("password")),
    })
    if (isMade) form.reset()
  }
  return (
    <>
      <form className="form-line" aria-label="New person" onSubmit={(event) => void submit(event)}>
        <Field label="E-mail">
          <input name="email" type="email" required maxLength={254} autoComplete="off" />
        </Field>
        <Field label="Role">
          <select name="role" defaultValue="viewer">
            <RoleOptions own={own} />
          </select>
        </Field>
        <Field label="First password">
          <input name="password" type="password" required minLength={12} maxLength={1_024} autoComplete="new-password" />
        </Field>
        <button type="submit" className="button button-primary" disabled={create.isBusy}>
          Add person
        </button>
      </form>
      <ActionProblem error={create.error} />
    </>
  )
}

function RoleOptions({ own }: { readonly own: Role | undefined }) {
  return (
    <>
      {roles.filter(({ role }) => isWithin(own, role)).map(({ role, label }) => (
        <option key={role} value={role}>
          {label}
        </option>
      ))}
    </>
  )
}

/** Only owners make, change and remove owners. */
function isWithin(own: Role | undefined, role: Role): boolean {
  return role !== "owner" || own === "owner"
}
