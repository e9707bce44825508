import { useEffect, useRef, useState } from "react"

interface ConfirmButtonProps {
  /** What it does: "Revoke". */
  readonly label: string
  /** What it is done to, for those who hear the page: "token laptops". */
  readonly object: string
  readonly isBusy?: boolean
  readonly onConfirm: () => void
}

/** A button for what cannot be taken back: it asks once more, in its own place. */
export function ConfirmButton({ label, object, isBusy = false, onConfirm }: ConfirmButtonProps) {
  const [isAsking, setIsAsking] = useState(false)
  const answer = useRef<HTMLButtonElement>(null)
  useEffect(() => {
    if (isAsking) answer.current?.focus()
  }, [isAsking])

  if (!isAsking) {
    return (
      <button type="button" className="button button-quiet" disabled={isBusy} aria-label={`${label} ${object}`} onClick={() => setIsAsking(true)}>
        {label}
      </button>
    )
  }
  const confirm = () => {
    setIsAsking(false)
    onConfirm()
  }
  return (
    <span className="confirm" role="group" aria-label={`${label} ${object}?`}>
      <button type="button" ref={answer} className="button button-danger" onClick={confirm}>
        {label}
      </button>
      <button type="button" className="button button-quiet" onClick={() => setIsAsking(false)}>
        Keep
      </button>
    </span>
  )
}
