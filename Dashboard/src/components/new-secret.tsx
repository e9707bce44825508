import type { ReactNode } from "react"
import { CopyButton } from "@/components/copy-button"

interface NewSecretProps {
  readonly title: string
  readonly secret: string
  readonly onDone: () => void
  readonly children?: ReactNode
}

/** A secret just made. The server keeps only its hash, so this is the one time that it can be read. */
export function NewSecret({ title, secret, onDone, children }: NewSecretProps) {
  return (
    <div className="new-secret" role="status">
      <p className="notice-title">{title}</p>
      <pre className="command command-secret">
        <code>{secret}</code>
        <CopyButton text={secret} label="secret" />
      </pre>
      <p className="faint">Keep it now: it is not shown again.</p>
      {children}
      <button type="button" className="button" onClick={onDone}>
        Done
      </button>
    </div>
  )
}
