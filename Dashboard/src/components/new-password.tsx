import type { FormEvent } from "react"
import { Field } from "@/components/field"

/** A password that somebody chooses, twice. The form's value `new_password` holds it; the browser sends the form only when both are equal. */
export function NewPassword() {
  const compare = (event: FormEvent<HTMLInputElement>) => {
    const { form } = event.currentTarget
    const first = form?.elements.namedItem("new_password") as HTMLInputElement
    const again = form?.elements.namedItem("new_password_again") as HTMLInputElement
    again.setCustomValidity(first.value === again.value ? "" : "The two are not equal.")
  }
  const rules = { type: "password", required: true, minLength: 12, maxLength: 1_024, autoComplete: "new-password", onInput: compare } as const
  return (
    <>
      <Field label="New password, 12 characters or more">
        <input name="new_password" {...rules} />
      </Field>
      <Field label="New password, again">
        <input name="new_password_again" {...rules} />
      </Field>
    </>
  )
}
