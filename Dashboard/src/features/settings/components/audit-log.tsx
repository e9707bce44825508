import { ActionProblem } from "@/components/action-problem"
import { ErrorNotice } from "@/components/error-notice"
import { ToggleFilter } from "@/components/filters"
import { Notice } from "@/components/notice"
import { SkeletonRows } from "@/components/skeleton"
import { TimeAgo } from "@/components/time-ago"
import { WindowedList } from "@/components/windowed-list"
import { auditQuery, exportAudit } from "@/features/settings/api/audit"
import { useAction } from "@/hooks/use-action"
import { useIsNarrow } from "@/hooks/use-media-query"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { useSearchParameters } from "@/hooks/use-place"
import { useServices } from "@/hooks/use-services"
import { saveFile } from "@/lib/save-file"
import { formatWord } from "@/lib/format"
import type { AuditEntry } from "@/types/api"

const heading = (
  <>
    <span role="columnheader" className="cell-seen">When</span>
    <span role="columnheader" className="cell-actor">Who</span>
    <span role="columnheader" className="cell-action">What</span>
    <span role="columnheader" className="cell-details">Details</span>
    <span role="columnheader" className="cell-address">From</span>
  </>
)

/** Who did what, newest first. Each entry holds the hash of the one before; the export has them. */
export function AuditLog() {
  const { api } = useServices()
  const [parameters, change] = useSearchParameters()
  const filter = { actor: parameters.get("actor") ?? "", action: parameters.get("action") }
  const list = usePagedQuery(auditQuery(api, filter))
  const rowHeight = useIsNarrow() ? 58 : 34
  const { actor, action } = filter
  const take = useAction(
    "audit",
    async (format: "jsonl" | "csv") => saveFile(await exportAudit(api, { actor, action }, format), `audit.${format}`),
  )
  const of = list.items?.find((entry) => entry.actor.id === actor)?.actor

  return (
    <>
      <div className="list-tools list-tools-inner">
        {action !== null && (
          <ToggleFilter label={formatWord(action)} isOn title="Show every action" onChange={() => change({ action: null })} />
        )}
        {actor !== "" && (
          <ToggleFilter label={of?.name ?? actor} isOn title="Show everybody" onChange={() => change({ actor: null })} />
        )}
        {(["csv", "jsonl"] as const).map((format) => (
          <button key={format} type="button" className="button" disabled={take.isBusy} onClick={() => void take.run(format)}>
            Export {format === "csv" ? "CSV" : "JSON lines"}
          </button>
        ))}
      </div>
      <ActionProblem error={take.error} />
      {list.items === undefined && list.error ? (
        <ErrorNotice error={list.error} task="load the audit log" onRetry={list.retry} />
      ) : list.items === undefined ? (
        <SkeletonRows label="audit log" rowHeight={rowHeight} />
      ) : list.items.length === 0 ? (
        <Notice kind="unmatched" title="No entry matches" />
      ) : (
        <WindowedList
          className="list-audit"
          label="Audit log"
          list={list}
          items={list.items}
          keyOf={(entry) => String(entry.sequence)}
          rowHeight={rowHeight}
          heading={heading}
          renderRow={(entry) => <AuditRow entry={entry} onFilter={change} />}
        />
      )}
    </>
  )
}

interface AuditRowProps {
  readonly entry: AuditEntry
  readonly onFilter: (changes: Readonly<Record<string, string>>) => void
}

function AuditRow({ entry, onFilter }: AuditRowProps) {
  const { actor, action } = entry
  const name = actor.name ?? actor.id ?? formatWord(actor.kind)
  const details = Object.entries(entry.details).map(([key, value]) => `${formatWord(key)} ${value}`).join(", ")
  return (
    <>
      <span role="cell" className="cell-seen figure faint">
        <TimeAgo at={entry.at} short />
      </span>
      <span role="cell" className="cell-actor" title={`${formatWord(actor.kind)} ${name}`}>
        {actor.id === null ? name : <Chooser label={name} title={`Only what ${name} did`} onChoose={() => onFilter({ actor: actor.id ?? "" })} />}
      </span>
      <span role="cell" className="cell-action">
        <Chooser label={formatWord(action)} title={`Only “${formatWord(action)}”`} onChoose={() => onFilter({ action })} />
      </span>
      <span role="cell" className="cell-details faint" title={details}>
        {details}
      </span>
      <span role="cell" className="cell-address figure faint">
        {entry.address ?? ""}
      </span>
    </>
  )
}

function Chooser({ label, title, onChoose }: { readonly label: string; readonly title: string; readonly onChoose: () => void }) {
  return (
    <button type="button" className="text-button" title={title} onClick={onChoose}>
      {label}
    </button>
  )
}
