import type { Running } from "@/types/api"

/** Marks a machine, or programs on it, that run what was replaced; nothing where that is not known. */
export function PendingBadges({ running }: { readonly running: Running | null }) {
  if (running === null) return null
  return (
    <>
      {running.reboot_pending && (
        <span className="badge badge-due" title="It runs another kernel than the newest installed one, or asks for it">
          reboot pending
        </span>
      )}
      {running.restart_pending && (
        <span className="badge badge-due" title="Programs run from files that were replaced">
          restart pending
        </span>
      )}
    </>
  )
}
