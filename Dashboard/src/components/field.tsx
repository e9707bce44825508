import type { ReactNode } from "react"

interface FieldProps {
  readonly label: string
  /** Takes a line of its own. */
  readonly isWide?: boolean
  readonly children: ReactNode
}

/** A labelled part of a form. */
export function Field({ label, isWide = false, children }: FieldProps) {
  return (
    <label className={isWide ? "field field-wide" : "field"}>
      <span className="field-label">{label}</span>
      {children}
    </label>
  )
}
