import type { ReactNode } from "react"
import { QueryContent } from "@/components/query-content"
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

/** A list that comes whole: as `QueryContent`, and when it is empty. */
export function QueryList<Item>({ query, label, empty, children }: QueryListProps<Item>) {
  return (
    <QueryContent query={query} label={label}>
      {({ items }) => (items.length === 0 ? empty : children(items))}
    </QueryContent>
  )
}
