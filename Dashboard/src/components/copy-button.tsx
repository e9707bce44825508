import { useEffect, useState } from "react"

/** Copies a text and says so for a moment. */
export function CopyButton({ text, label }: { readonly text: string; readonly label: string }) {
  const [isCopied, setIsCopied] = useState(false)
  useEffect(() => {
    if (!isCopied) return undefined
    const timer = setTimeout(() => setIsCopied(false), 1_500)
    return () => clearTimeout(timer)
  }, [isCopied])
  // The clipboard needs a secure context; without one there is nothing to offer.
  if (typeof navigator === "undefined" || !navigator.clipboard) return null
  const copy = () => navigator.clipboard.writeText(text).then(() => setIsCopied(true), () => undefined)
  return (
    <button type="button" className="button button-quiet" aria-label={`Copy ${label}`} onClick={() => void copy()}>
      <span aria-live="polite">{isCopied ? "copied" : "copy"}</span>
    </button>
  )
}
