import { Panel } from "@/components/panel"
import { Deliveries } from "@/features/settings/components/deliveries"
import { Endpoints } from "@/features/settings/components/endpoints"

/** Who is told of findings, and what became of what they were told. */
export function Notifications() {
  return (
    <>
      <Panel title="Who is told" className="panel-open">
        <Endpoints />
      </Panel>
      <Panel title="What became of it" className="panel-open">
        <Deliveries />
      </Panel>
    </>
  )
}
