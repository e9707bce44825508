import type { AnchorHTMLAttributes, MouseEvent } from "react"
import { useServices } from "@/hooks/use-services"

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  readonly to: string
  /** Leaves no history entry behind, as for tabs and filters. */
  readonly replace?: boolean
}

/** A link to a page of the dashboard; with a modifier key the browser opens it its own way. */
export function Link({ to, replace = false, onClick, children, ...rest }: LinkProps) {
  const { router } = useServices()
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event)
    if (event.defaultPrevented || event.button !== 0) return
    if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    router.go(to, { replace })
  }
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  )
}
