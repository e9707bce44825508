import { createContext, type RefObject, useContext, useLayoutEffect } from "react"
import { usePlace } from "@/hooks/use-place"

/** The element that scrolls a page; lists find out from it which of their rows are in view. */
export const ScrollAreaContext = createContext<RefObject<HTMLElement> | null>(null)

export function useScrollArea(): RefObject<HTMLElement> | null {
  return useContext(ScrollAreaContext)
}

const positions = new Map<string, number>()
const remembered = 50

/** Puts the area back where it was when going back, and at its top on a new page. */
export function useScrollMemory(area: RefObject<HTMLElement>): void {
  const { entry, path } = usePlace()
  const name = `${entry} ${path}`
  useLayoutEffect(() => {
    const element = area.current
    if (!element) return undefined
    element.scrollTop = positions.get(name) ?? 0
    const remember = () => {
      positions.delete(name)
      positions.set(name, element.scrollTop)
      const oldest = positions.keys().next().value
      if (positions.size > remembered && oldest !== undefined) positions.delete(oldest)
    }
    element.addEventListener("scroll", remember, { passive: true })
    return () => element.removeEventListener("scroll", remember)
  }, [area, name])
}
