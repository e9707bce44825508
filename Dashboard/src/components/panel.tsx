import { type ReactNode, useId } from "react"
import { ErrorBoundary } from "@/components/error-boundary"

interface PanelProps {
  readonly title: string
  /** Beside the title, at the right. */
  readonly aside?: ReactNode
  readonly className?: string
  readonly children: ReactNode
}

/** A titled section with an error boundary of its own. */
export function Panel({ title, aside, className = "", children }: PanelProps) {
  const id = useId()
  return (
    <section className={`panel ${className}`} aria-labelledby={id}>
      <header className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside && <div className="panel-aside">{aside}</div>}
      </header>
      <ErrorBoundary task={`show ${title.toLowerCase()}`}>{children}</ErrorBoundary>
    </section>
  )
}
