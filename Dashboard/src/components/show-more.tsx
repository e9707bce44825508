import { ActionProblem } from "@/components/action-problem"
import type { PagedResult } from "@/hooks/use-paged-query"

/** Below a list that comes in pages: the next one, and what went wrong with it. */
export function ShowMore({ list }: { readonly list: Pick<PagedResult<unknown>, "hasMore" | "loadMore" | "moreError"> }) {
  return (
    <>
      {list.hasMore && (
        <button type="button" className="button" onClick={list.loadMore}>
          Show more
        </button>
      )}
      <ActionProblem error={list.moreError} />
    </>
  )
}
