import { formatWord } from "@/lib/format"
import type { Evidence } from "@/types/api"

/** What each advisory says of the package, the deciding one first. */
export function EvidenceList({ evidence }: { readonly evidence: readonly Evidence[] }) {
  if (evidence.length === 0) return <p className="faint">No advisory speaks of this package.</p>
  const ordered = [...evidence].sort((a, b) => Number(b.decided) - Number(a.decided))
  return (
    <ol className="evidence" aria-label="Evidence">
      {ordered.map((piece) => (
        <li
          key={`${piece.advisory} ${piece.feed} ${piece.range}`}
          className={`evidence-item ${piece.decided ? "evidence-decided" : ""}`}
        >
          <p className="evidence-head">
            <b>{piece.advisory}</b> <span className="faint">{piece.feed}</span>
            <span className="evidence-outcome">
              {formatWord(piece.outcome)}
              {piece.decided && <span className="badge badge-decided">decided</span>}
            </span>
          </p>
          {piece.range && <code className="evidence-range">{piece.range}</code>}
          {piece.comparisons.map((comparison) => (
            <code key={comparison} className="evidence-comparison">
              {comparison}
            </code>
          ))}
          {piece.note && <p className="faint">{piece.note}</p>}
        </li>
      ))}
    </ol>
  )
}
