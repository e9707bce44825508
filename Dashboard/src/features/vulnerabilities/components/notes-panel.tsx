import type { FormEvent } from "react"
import { ActionProblem } from "@/components/action-problem"
import { ErrorNotice } from "@/components/error-notice"
import { Field } from "@/components/field"
import { Panel } from "@/components/panel"
import { ShowMore } from "@/components/show-more"
import { Skeleton } from "@/components/skeleton"
import { TimeAgo } from "@/components/time-ago"
import { addNote, notesQuery } from "@/features/vulnerabilities/api/notes"
import { useAction } from "@/hooks/use-action"
import { usePagedQuery } from "@/hooks/use-paged-query"
import { usePermissions } from "@/hooks/use-permissions"
import { useServices } from "@/hooks/use-services"
import type { Note, VulnerabilityID } from "@/types/api"

/** What people wrote on a vulnerability, newest first. Notes are added and never changed. */
export function NotesPanel({ id }: { readonly id: VulnerabilityID }) {
  const may = usePermissions()
  return (
    <Panel title="Notes">
      <div className="stack">
        {may("triage") && <NewNote id={id} />}
        <Notes id={id} />
      </div>
    </Panel>
  )
}

function Notes({ id }: { readonly id: VulnerabilityID }) {
  const { api } = useServices()
  const list = usePagedQuery(notesQuery(api, id))
  if (list.items === undefined) {
    return list.error ? (
      <ErrorNotice error={list.error} task="load the notes" onRetry={list.retry} isCompact />
    ) : (
      <Skeleton label="notes" lines={2} />
    )
  }
  if (list.items.length === 0) return <p className="faint">Nobody has written anything yet.</p>
  return (
    <>
      <ol className="notes" aria-label="Notes">
        {list.items.map((note) => (
          <NoteItem key={note.id} note={note} />
        ))}
      </ol>
      <ShowMore list={list} />
    </>
  )
}

function NoteItem({ note }: { readonly note: Note }) {
  return (
    <li className="note">
      <p className="faint">
        {note.author} <TimeAgo at={note.at} />
        {note.package && <> on {note.package}</>}
      </p>
      <p className="note-text">{note.text}</p>
    </li>
  )
}

function NewNote({ id }: { readonly id: VulnerabilityID }) {
  const { api } = useServices()
  const add = useAction("vulnerabilities", (text: string) => addNote(api, id, text))
  const submit = async (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    const form = event.currentTarget
    const isAdded = await add.run(String(new FormData(form).get("text")).trim())
    if (isAdded) form.reset()
  }
  return (
    <form className="new-note" aria-label="New note" onSubmit={(event) => void submit(event)}>
      <Field label="New note" isWide>
        <textarea name="text" required rows={2} maxLength={10_000} />
      </Field>
      <button type="submit" className="button" disabled={add.isBusy}>
        Add note
      </button>
      <ActionProblem error={add.error} />
    </form>
  )
}
