import type { Action } from "@/hooks/use-action"

/** Sends a form of settings, and says when they are kept. */
export function SaveButton({ action }: { readonly action: Pick<Action<never>, "isBusy" | "isDone"> }) {
  return (
    <span className="save">
      <button type="submit" className="button button-primary" disabled={action.isBusy}>
        Save
      </button>
      <span role="status">{action.isDone && "Saved"}</span>
    </span>
  )
}
