import type { InventoryState } from "@/types/api"

const words: Readonly<Record<InventoryState, string>> = {
  current: "up to date",
  pending: "computing",
  none: "no inventory",
}

const explanations: Readonly<Record<InventoryState, string>> = {
  current: "Findings are those of the newest inventory",
  pending: "An inventory has arrived whose findings are not computed yet",
  none: "The agent has not sent an inventory yet",
}

/** Whether an agent's findings can be trusted to be complete. */
export function InventoryStateBadge({ state }: { readonly state: InventoryState }) {
  return (
    <span className="state" title={explanations[state]}>
      <span className={`state-dot state-${state}`} aria-hidden="true" />
      {words[state]}
    </span>
  )
}
