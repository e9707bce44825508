import type { FormEvent } from "react"
import { ActionProblem } from "@/components/action-problem"
import { Field } from "@/components/field"
import { NewPassword } from "@/components/new-password"
import { changePassword, type PasswordChange } from "@/features/settings/api/password"
import { useAction } from "@/hooks/use-action"
import { useServices } from "@/hooks/use-services"

/** Gives oneself another password. */
export function ChangePassword() {
  const { api, session } = useServices()
  const change = useAction("sessions", (passwords: PasswordChange) => changePassword(api, passwords))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const values = new FormData(form)
    const isDone = await change.run({
      old_password: String(values.get("old_password")),
      new_password: String(values.get("new_password")),
    })
    if (isDone) form.reset()
  }
  return (
    <>
      <form className="form-line" aria-label="Change password" onSubmit={(event) => void submit(event)}>
        {/* Tells password managers whose password it is. */}
        <input
          type="email"
          hidden
          readOnly
          autoComplete="username"
          value={session.state.status === "signed-in" ? session.state.user.email : ""}
        />
        <Field label="Password now">
          <input name="old_password" type="password" required maxLength={1_024} autoComplete="current-password" />
        </Field>
        <NewPassword />
        <button type="submit" className="button button-primary" disabled={change.isBusy}>
          Change password
        </button>
      </form>
      <ActionProblem error={change.error} />
      {change.isDone && <p role="status">Changed. Your other sessions have ended.</p>}
    </>
  )
}
