import type { ReactNode } from "react"
import { ErrorNotice } from "@/components/error-notice"
import { Skeleton } from "@/components/skeleton"
import { useQuery } from "@/hooks/use-query"
import type { Query } from "@/lib/query-cache"

interface QueryContentProps<Data> {
  readonly query: Query<Data>
  /** What it is, for people: "enrollment tokens". */
  readonly label: string
  /** Bars while it loads. */
  readonly lines?: number
  readonly children: (data: Data) => ReactNode
}

/** What comes whole: while it loads, when it cannot be had, and as it is. */
export function QueryContent<Data>({ query, label, lines = 4, children }: QueryContentProps<Data>) {
  const { data, error, retry } = useQuery(query)
  if (data === undefined && error) return <ErrorNotice error={error} task={`load the ${label}`} onRetry={retry} />
  if (data === undefined) return <Skeleton label={label} lines={lines} height={22} />
  return <>{children(data)}</>
}
