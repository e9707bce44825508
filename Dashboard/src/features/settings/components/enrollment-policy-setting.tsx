import type { FormEvent } from "react"
import { ActionProblem } from "@/components/action-problem"
import { QueryContent } from "@/components/query-content"
import { enrollmentPolicyQuery, setEnrollmentPolicy } from "@/features/settings/api/enrollment-policy"
import { SaveButton } from "@/features/settings/components/save-button"
import { useAction } from "@/hooks/use-action"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import type { EnrollmentPolicy } from "@/types/api"

type Choice = EnrollmentPolicy["reenrollment"]

const choices: readonly { readonly choice: Choice; readonly label: string; readonly meaning: string }[] = [
  { choice: "allow", label: "Allow", meaning: "It becomes another agent of the same name." },
  { choice: "quarantine", label: "Quarantine", meaning: "It is kept out until somebody has looked and let it in." },
  { choice: "refuse", label: "Refuse", meaning: "It is told so, and its enrollment token is not used up." },
]

/** What becomes of a machine that enrolls with a new key while an agent of its name is there. */
export function EnrollmentPolicySetting() {
  const { api } = useServices()
  const may = usePermissions()
  return (
    <>
      <p className="faint">A machine that comes with a new key while an agent of its host name is enrolled and not kept out for good.</p>
      <QueryContent query={enrollmentPolicyQuery(api)} label="enrollment policy">
        {({ reenrollment }) =>
          may("manage_enrollment") ? <PolicyForm present={reenrollment} /> : <Meaning of={reenrollment} />
        }
      </QueryContent>
    </>
  )
}

function PolicyForm({ present }: { readonly present: Choice }) {
  const { api } = useServices()
  const save = useAction("enrollment-policy", (reenrollment: Choice) => setEnrollmentPolicy(api, { reenrollment }))
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    void save.run(new FormData(event.currentTarget).get("reenrollment") as Choice)
  }
  return (
    <>
      <form className="form-line" aria-label="Machines that enroll again" onChange={save.forget} onSubmit={submit}>
        <fieldset className="options">
          <legend className="heard-only">What becomes of them</legend>
          {choices.map(({ choice, label, meaning }) => (
            <label key={choice} className="option">
              <input type="radio" name="reenrollment" value={choice} defaultChecked={choice === present} />
              <span className="option-label">{label}</span>
              <span className="faint">{meaning}</span>
            </label>
          ))}
        </fieldset>
        <SaveButton action={save} />
      </form>
      <ActionProblem error={save.error} />
    </>
  )
}

function Meaning({ of }: { readonly of: Choice }) {
  const found = choices.find(({ choice }) => choice === of)
  return (
    <p>
      {found?.label ?? of}. <span className="faint">{found?.meaning}</span>
    </p>
  )
}
