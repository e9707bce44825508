import { useSyncExternalStore } from "react"
import { useServices } from "@/hooks/use-services"

/** Whether changes arrive by themselves now. */
export function LiveState() {
  const { stream } = useServices()
  const phase = useSyncExternalStore(stream.subscribe, () => stream.phase, () => stream.phase)
  const word = phase === "live" ? "live" : phase === "waiting" ? "reconnecting" : "connecting"
  return (
    <p className={`live live-${word}`} role="status" aria-label={`Live updates: ${word}`}>
      <span className="live-dot" aria-hidden="true" />
      {word}
    </p>
  )
}
