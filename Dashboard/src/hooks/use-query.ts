import { useCallback, useSyncExternalStore } from "react"
import { useServices } from "@/hooks/use-services"
import type { Query, QueryState } from "@/lib/query-cache"

export interface QueryResult<Data> extends QueryState<Data> {
  /** Fetches again, after an error. */
  readonly retry: () => void
}

/** Watches a query while the component is there. */
export function useQuery<Data>(query: Query<Data>): QueryResult<Data> {
  const { cache } = useServices()
  const name = JSON.stringify(query.key)
  const subscribe = useCallback(
    (listener: () => void) => cache.watch(query, listener),
    // The key names the query; the function beside it is a new one in every render.
    // eslint-disable-next-line react-hooks/exhaustive-deps
    [cache, name],
  )
  const read = () => cache.read<Data>(query.key)
  const state = useSyncExternalStore(subscribe, read, read)
  return { ...state, retry: () => cache.refetch(query.key) }
}
