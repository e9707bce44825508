import type { Query, QueryKey } from "@/lib/query-cache"
import type { Page } from "@/types/api"

/** A keyset-paged list as far as it is loaded. */
export interface PagedData<Item> {
  readonly items: readonly Item[]
  readonly nextCursor: string | null
}

export type FetchPage<Item> = (request: {
  readonly cursor: string | null
  readonly limit: number
  readonly signal: AbortSignal
}) => Promise<Page<Item>>

/** A list: its key and how to fetch a page of it. */
export interface PagedQuery<Item> {
  readonly key: QueryKey
  readonly fetchPage: FetchPage<Item>
}

export const pageSize = 100
/** The server's upper bound. */
const largestPage = 500

/**
 * The query behind a list. Fetching it anew reloads as many rows as were loaded, in few large pages, and replaces them at
 * once, so that neither the scroll position nor the selection jumps.
 */
export function reloadQuery<Item>(paged: PagedQuery<Item>): Query<PagedData<Item>> {
  return {
    key: paged.key,
    fetch: async ({ signal, previous }) => {
      const wanted = Math.max(previous?.items.length ?? 0, pageSize)
      const items: Item[] = []
      let cursor: string | null = null
      do {
        const limit = Math.min(largestPage, Math.max(wanted - items.length, pageSize))
        const page: Page<Item> = await paged.fetchPage({ cursor, limit, signal })
        items.push(...page.items)
        cursor = page.next_cursor
      } while (cursor !== null && items.length < wanted)
      return { items, nextCursor: cursor }
    },
  }
}
