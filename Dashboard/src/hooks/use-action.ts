import { useEffect, useRef, useState } from "react"
import { useServices } from "@/hooks/use-services"
import { startingWith } from "@/lib/query-cache"

export interface Action<Arguments extends readonly unknown[]> {
  /** Does it; true when it was done. What went wrong is in `error` then. */
  readonly run: (...values: Arguments) => Promise<boolean>
  readonly isBusy: boolean
  readonly error: unknown
}

/** Something that changes data on the server: one at a time, and the queries of the resource are fetched anew once it is done. */
export function useAction<Arguments extends readonly unknown[]>(
  resource: string,
  work: (...values: Arguments) => Promise<unknown>,
): Action<Arguments> {
  const { cache } = useServices()
  const [isBusy, setIsBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const isThere = useRef(true)
  useEffect(() => {
    isThere.current = true
    return () => {
      isThere.current = false
    }
  }, [])

  const run = async (...values: Arguments) => {
    setIsBusy(true)
    setError(null)
    const problem = await work(...values).then(() => null, (reason: unknown) => reason)
    // Also after a refusal: what is shown may be what made it be refused.
    cache.invalidate(startingWith(resource))
    if (isThere.current) {
      setError(problem)
      setIsBusy(false)
    }
    return problem === null
  }
  return { run, isBusy, error }
}
