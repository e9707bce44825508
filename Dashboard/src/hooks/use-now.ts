import { useSyncExternalStore } from "react"

/** One clock for all ages on the screen, so that they change together and cost one timer. */
const listeners = new Set<() => void>()
let timer: ReturnType<typeof setInterval> | undefined
let now = Date.now()

function subscribe(listener: () => void) {
  listeners.add(listener)
  // Nobody has kept it while nobody looked.
  if (timer === undefined) now = Date.now()
  timer ??= setInterval(() => {
    now = Date.now()
    for (const each of [...listeners]) each()
  }, 5_000)
  return () => {
    listeners.delete(listener)
    if (listeners.size > 0) return
    clearInterval(timer)
    timer = undefined
  }
}

/** Milliseconds since 1970, at most five seconds old while something watches it. */
export function useNow(): number {
  return useSyncExternalStore(subscribe, () => now, () => now)
}
