import type { ReactNode } from "react"
import { ErrorNotice } from "@/components/error-notice"
import { Skeleton } from "@/components/skeleton"
import { useQuery } from "@/hooks/use-query"
import type { Query } from "@/lib/query-cache"
import type { List } from "@/types/api"

interface QueryListProps<Item> {
  readonly query: Query<List<Item>>
  /** What is listed, for people: "enrollment tokens". */
  readonly label: string
  /** Shown when there are none. */
  readonly empty: ReactNode
  readonly children: (items: readonly Item[]) => ReactNode
}

/** A list that comes whole: while it loads, when it cannot be had, when it is empty, and as it is. */
export function QueryList<Item>({ query, label, empty, children }: QueryListProps<Item>) {
  const { data, error, retry } = useQuery(query)
  if (!data && error) return <ErrorNotice error={error} task={`load the ${label}`} onRetry={retry} />
  if (!data) return <Skeleton label={label} lines={4} height={22} />
  return <>{data.items.length === 0 ? empty : children(data.items)}</>
}
