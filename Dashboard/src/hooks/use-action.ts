import { useCallback, useEffect, useRef, useState } from "react"
import { useServices } from "@/hooks/use-services"
import { startingWith } from "@/lib/query-cache"

export interface Action<Arguments extends readonly unknown[]> {
  /** Does it; true when it was done. What went wrong is in `error` then. */
  readonly run: (...values: Arguments) => Promise<boolean>
  readonly isBusy: boolean
  /** Whether the last run did it; false again once the next one has begun. */
  readonly isDone: boolean
  readonly error: unknown
  /** Takes back what is said of the last run, as when something else is entered. */
  readonly forget: () => void
}

const idle = { isBusy: false, isDone: false, error: null as unknown }

/** Something that changes data on the server: one at a time, and the queries of the resources are fetched anew once it is done. */
export function useAction<Arguments extends readonly unknown[]>(
  resources: string | readonly string[],
  work: (...values: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const { cache } = useServices()
  const [state, setState] = useState(idle)
  const isThere = useRef(true)
  useEffect(() => {
    isThere.current = true
    return () => {
      isThere.current = false
    }
  }, [])

  const run = async (...values: Arguments) => {
    setState({ ...idle, isBusy: true })
    const error = await work(...values).then(() => null, (reason: unknown) => reason)
    // Also after a refusal: what is shown may be what made it be refused.
    for (const resource of [resources].flat()) cache.invalidate(startingWith(resource))
    if (isThere.current) setState({ isBusy: false, isDone: error === null, error })
    return error === null
  }
  const forget = useCallback(() => setState((last) => (last.isBusy ? last : idle)), [])
  return { run, ...state, forget }
}
