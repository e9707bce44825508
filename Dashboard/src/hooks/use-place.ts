import { useCallback, useMemo, useSyncExternalStore } from "react"
import { useServices } from "@/hooks/use-services"
import { changedSearch, type Place } from "@/lib/router"

/** Where the dashboard is. */
export function usePlace(): Place {
  const { router } = useServices()
  const read = () => router.place
  return useSyncExternalStore(router.subscribe, read, read)
}

/** The query string's parameters and how to change some of them in place. */
export function useSearchParameters(): readonly [
  URLSearchParams,
  (changes: Readonly<Record<string, string | null>>) => void,
] {
  const { router } = useServices()
  const { search } = usePlace()
  const parameters = useMemo(() => new URLSearchParams(search), [search])
  const change = useCallback(
    (changes: Readonly<Record<string, string | null>>) => {
      const { path, search: present } = router.place
      router.go(path + changedSearch(present, changes), { replace: true })
    },
    [router],
  )
  return [parameters, change]
}
