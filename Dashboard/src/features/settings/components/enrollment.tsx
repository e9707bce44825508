import { Panel } from "@/components/panel"
import { EnrollmentPolicySetting } from "@/features/settings/components/enrollment-policy-setting"
import { EnrollmentTokens } from "@/features/settings/components/enrollment-tokens"

/** How machines join the company, and what becomes of those that do so again. */
export function Enrollment() {
  return (
    <>
      <Panel title="Tokens" className="panel-open">
        <EnrollmentTokens />
      </Panel>
      <Panel title="Machines that enroll again" className="panel-open">
        <EnrollmentPolicySetting />
      </Panel>
    </>
  )
}
