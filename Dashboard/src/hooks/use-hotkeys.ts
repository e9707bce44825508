import { useEffect, useRef } from "react"
import { useServices } from "@/hooks/use-services"
import type { HotkeyMap } from "@/lib/hotkeys"

/** Adds commands while the component is there. The set of keys is taken once; what they do may change with every render. */
export function useHotkeys(map: HotkeyMap): void {
  const { hotkeys } = useServices()
  const current = useRef(map)
  useEffect(() => {
    current.current = map
  })
  useEffect(() => {
    const keys = Object.keys(current.current)
    return hotkeys.add(Object.fromEntries(keys.map((key) => [key, (event) => current.current[key]?.(event)])))
  }, [hotkeys])
}
