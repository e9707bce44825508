import { useEffect, useRef } from "react"
import { Link } from "@/components/link"
import { usePlace } from "@/hooks/use-place"

interface TabLinksProps {
  readonly label: string
  /** The value of `?tab=` now; the first tab stands without it. */
  readonly current: string
  readonly tabs: readonly { readonly id: string; readonly label: string; readonly count?: string | undefined }[]
}

/** The parts of a page as links, so that each has its address. */
export function TabLinks({ label, current, tabs }: TabLinksProps) {
  const { path } = usePlace()
  const nav = useRef<HTMLElement>(null)
  useEffect(() => {
    // Where the tabs do not all fit they scroll; the present one shall be seen.
    nav.current?.querySelector(`[data-tab="${current}"]`)?.scrollIntoView?.({ block: "nearest", inline: "center" })
  }, [current])
  return (
    <nav className="tabs" ref={nav} aria-label={label}>
      {tabs.map((tab, index) => (
        <Link
          key={tab.id}
          replace
          to={index === 0 ? path : `${path}?tab=${tab.id}`}
          className="tab"
          data-tab={tab.id}
          aria-current={tab.id === current ? "page" : undefined}
        >
          {tab.label}
          {tab.count !== undefined && <span className="tab-count">{tab.count}</span>}
        </Link>
      ))}
    </nav>
  )
}
