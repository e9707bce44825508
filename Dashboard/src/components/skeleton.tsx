interface SkeletonProps {
  /** What is being loaded, for those who hear the page: "agents". */
  readonly label: string
  readonly lines?: number
  /** Pixels per line. */
  readonly height?: number
}

/** Grey bars where text will be. */
export function Skeleton({ label, lines = 3, height = 14 }: SkeletonProps) {
  return (
    <div className="skeleton" role="status" aria-label={`Loading ${label}`}>
      {Array.from({ length: lines }, (_, index) => (
        <span key={index} className="skeleton-bar" style={{ height, width: `${92 - ((index * 37) % 45)}%` }} />
      ))}
    </div>
  )
}

/** Rows of a list that is being loaded. */
export function SkeletonRows({ label, rowHeight }: { readonly label: string; readonly rowHeight: number }) {
  return (
    <div className="skeleton-rows" role="status" aria-label={`Loading ${label}`}>
      {Array.from({ length: 12 }, (_, index) => (
        <div key={index} className="skeleton-row" style={{ height: rowHeight }}>
          <span className="skeleton-bar" style={{ width: `${10 + ((index * 7) % 5)}%` }} />
          <span className="skeleton-bar" style={{ width: `${30 + ((index * 13) % 31)}%` }} />
          <span className="skeleton-bar" style={{ width: "8%" }} />
        </div>
      ))}
    </div>
  )
}
