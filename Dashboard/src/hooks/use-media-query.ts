import { useCallback, useSyncExternalStore } from "react"

/** Whether a media query holds now. */
export function useMediaQuery(query: string): boolean {
  const subscribe = useCallback(
    (listener: () => void) => {
      const list = window.matchMedia(query)
      list.addEventListener("change", listener)
      return () => list.removeEventListener("change", listener)
    },
    [query],
  )
  return useSyncExternalStore(subscribe, () => window.matchMedia(query).matches, () => false)
}

/** Phones and narrow windows, where rows take more lines. The same bound stands in the style sheets. */
export function useIsNarrow(): boolean {
  return useMediaQuery("(max-width: 719px)")
}
