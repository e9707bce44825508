import { Panel } from "@/components/panel"
import { ChangePassword } from "@/features/settings/components/change-password"
import { Sessions } from "@/features/settings/components/sessions"

/** One's own password, and where one is signed in. */
export function Account() {
  return (
    <>
      <Panel title="Password" className="panel-open">
        <ChangePassword />
      </Panel>
      <Panel title="Sessions" className="panel-open">
        <Sessions />
      </Panel>
    </>
  )
}
