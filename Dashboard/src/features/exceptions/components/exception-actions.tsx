import { ConfirmButton } from "@/components/confirm-button"
import type { RiskException } from "@/types/api"

interface ExceptionActionsProps {
  readonly item: RiskException
  /** Whoever asked does not decide. */
  readonly mayDecide: boolean
  readonly mayRevoke: boolean
  readonly isBusy: boolean
  readonly onDecide: (approved: boolean) => void
  readonly onRevoke: () => void
}

/** What can be done to an exception as it stands. */
export function ExceptionActions({ item, mayDecide, mayRevoke, isBusy, onDecide, onRevoke }: ExceptionActionsProps) {
  const object = `exception for ${item.vulnerability ?? item.package ?? ""}`
  const isOpen = item.state === "requested" || item.state === "active"
  return (
    <>
      {item.state === "requested" && mayDecide && (
        <>
          <ConfirmButton label="Approve" object={object} isBusy={isBusy} onConfirm={() => onDecide(true)} />
          <ConfirmButton label="Reject" object={object} isBusy={isBusy} onConfirm={() => onDecide(false)} />
        </>
      )}
      {isOpen && mayRevoke && <ConfirmButton label="Take back" object={object} isBusy={isBusy} onConfirm={onRevoke} />}
    </>
  )
}
