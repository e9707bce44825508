import type { ReactNode } from "react"

/**
 * Why there is nothing to show. The kinds look and read differently, because they mean different things:
 * `pending` not computed yet, `vacant` nobody has sent data yet, `clear` looked and found nothing, `unmatched` the filters
 * match nothing, `barred` somebody is kept out, `silent` somebody does not call any longer, `error` it could not be found out.
 */
export type NoticeKind = "pending" | "vacant" | "clear" | "unmatched" | "barred" | "silent" | "error"

const glyphs: Readonly<Record<NoticeKind, string>> = {
  pending: "◌",
  vacant: "□",
  clear: "✓",
  unmatched: "∅",
  barred: "▪",
  silent: "○",
  error: "✗",
}

interface NoticeProps {
  readonly kind: NoticeKind
  readonly title: string
  readonly children?: ReactNode
  /** One line instead of a block, for panels and cells. */
  readonly isCompact?: boolean
}

export function Notice({ kind, title, children, isCompact = false }: NoticeProps) {
  return (
    <div
      className={`notice notice-${kind} ${isCompact ? "notice-compact" : ""}`}
      role={kind === "error" ? "alert" : "status"}
      data-kind={kind}
    >
      <span className="notice-glyph" aria-hidden="true">
        {glyphs[kind]}
      </span>
      <div className="notice-text">
        <p className="notice-title">{title}</p>
        {children}
      </div>
    </div>
  )
}
