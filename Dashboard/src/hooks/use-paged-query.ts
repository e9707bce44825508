import { useCallback, useEffect, useRef, useState } from "react"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { type PagedData, type PagedQuery, pageSize, reloadQuery } from "@/lib/paged-query"

export interface PagedResult<Item> {
  /** Undefined until the first page is here. */
  readonly items: readonly Item[] | undefined
  readonly error: unknown
  readonly isFetching: boolean
  readonly hasMore: boolean
  /** The next page could not be fetched. */
  readonly moreError: unknown
  readonly loadMore: () => void
  readonly retry: () => void
}

/** Watches a keyset-paged list; `loadMore` fetches the next page, once at a time. */
export function usePagedQuery<Item>(paged: PagedQuery<Item>): PagedResult<Item> {
  const { cache } = useServices()
  const result = useQuery(reloadQuery(paged))
  const name = JSON.stringify(paged.key)
  const loading = useRef<AbortController | null>(null)
  const [moreError, setMoreError] = useState<unknown>(null)

  useEffect(() => {
    setMoreError(null)
    return () => {
      loading.current?.abort()
      loading.current = null
    }
  }, [name])

  const loadMore = useCallback(() => {
    const cursor = cache.read<PagedData<Item>>(paged.key).data?.nextCursor
    if (!cursor || loading.current) return
    const controller = new AbortController()
    loading.current = controller
    setMoreError(null)
    paged
      .fetchPage({ cursor, limit: pageSize, signal: controller.signal })
      .then(
        (page) =>
          cache.update<PagedData<Item>>(paged.key, (data) =>
            // A reload that came in between has other rows after its last one.
            data.nextCursor === cursor
              ? { items: [...data.items, ...page.items], nextCursor: page.next_cursor }
              : data,
          ),
        (error: unknown) => {
          if (!controller.signal.aborted) setMoreError(error)
        },
      )
      .finally(() => {
        if (loading.current === controller) loading.current = null
      })
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [cache, name])

  return {
    items: result.data?.items,
    error: result.error,
    isFetching: result.isFetching,
    hasMore: result.data?.nextCursor != null,
    moreError,
    loadMore,
    retry: result.retry,
  }
}
