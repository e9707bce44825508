import { type ReactNode, useRef } from "react"
import { ErrorNotice } from "@/components/error-notice"
import { Link } from "@/components/link"
import { Notice } from "@/components/notice"
import { Skeleton } from "@/components/skeleton"
import { TimeAgo } from "@/components/time-ago"
import { newestEventsQuery } from "@/features/overview/api/list-newest-events"
import { useQuery } from "@/hooks/use-query"
import { useServices } from "@/hooks/use-services"
import { formatCount, formatPlural } from "@/lib/format"
import { paths } from "@/lib/paths"
import type { CompanyEvent } from "@/types/api"

/** Examples named before the rest is only counted. */
const examplesShown = 3

/** What happened last, newest first; live. */
export function EventsPanel() {
  const { api } = useServices()
  const { data, error, retry } = useQuery(newestEventsQuery(api))
  const isNew = useArrivals(data?.items)
  if (!data && error) return <ErrorNotice error={error} task="load the events" onRetry={retry} isCompact />
  if (!data) return <Skeleton label="events" lines={6} />
  if (data.items.length === 0) {
    return (
      <Notice kind="vacant" title="Nothing has happened yet" isCompact>
        <p>Enrolled agents, changed inventories and new verdicts appear here.</p>
      </Notice>
    )
  }
  return (
    <ol className="events" aria-label="Newest events">
      {data.items.map((event) => (
        <li key={event.id} className={isNew(event) ? "event event-new" : "event"}>
          <span className="event-time faint">
            <TimeAgo at={event.at} short />
          </span>
          <EventText event={event} />
        </li>
      ))}
    </ol>
  )
}

/** Tells the events that came while the list was on the screen from those it began with. */
function useArrivals(events: readonly CompanyEvent[] | undefined): (event: CompanyEvent) => boolean {
  const newestAtFirst = useRef<number | null>(null)
  if (events) newestAtFirst.current ??= events[0]?.id ?? 0
  return (event) => newestAtFirst.current !== null && event.id > newestAtFirst.current
}

function EventText({ event }: { readonly event: CompanyEvent }) {
  switch (event.type) {
    case "agent_enrolled":
      return (
        <p>
          <Link to={paths.agent(event.data.agent_id)}>{event.data.hostname}</Link> enrolled
        </p>
      )
    case "inventory_applied":
      return (
        <p>
          <Link to={paths.agent(event.data.agent_id)}>{event.data.hostname}</Link> packages{" "}
          <Signed added={event.data.packages_added} removed={event.data.packages_removed} />
          <FindingChanges data={event.data} />
        </p>
      )
    case "verdicts_changed":
      return (
        <p>
          advisories changed {formatPlural(event.data.agents, "agent")}
          <FindingChanges data={event.data} />
        </p>
      )
    default:
      // A newer server may know more kinds than this page.
      return <p>{(event as { type: string }).type.replace(/_/g, " ")}</p>
  }
}

function Signed({ added, removed }: { readonly added: number; readonly removed: number }) {
  return (
    <span className="figure">
      +{formatCount(added)} −{formatCount(removed)}
    </span>
  )
}

interface Changes {
  readonly opened: number
  readonly resolved: number
  readonly opened_examples: readonly string[]
  readonly resolved_examples: readonly string[]
}

function FindingChanges({ data }: { readonly data: Changes }) {
  return (
    <>
      {data.opened > 0 && (
        <span className="event-opened">
          {" "}
          ▲ {formatCount(data.opened)} opened <Examples ids={data.opened_examples} total={data.opened} />
        </span>
      )}
      {data.resolved > 0 && (
        <span className="event-resolved">
          {" "}
          ▼ {formatCount(data.resolved)} resolved <Examples ids={data.resolved_examples} total={data.resolved} />
        </span>
      )}
    </>
  )
}

function Examples({ ids, total }: { readonly ids: readonly string[]; readonly total: number }) {
  const shown = ids.slice(0, examplesShown)
  const links: ReactNode[] = shown.map((id) => (
    <Link key={id} to={paths.vulnerability(id)} className="event-id">
      {id}
    </Link>
  ))
  return (
    <span className="event-examples">
      {links}
      {total > shown.length && shown.length > 0 && <span className="faint">+{formatCount(total - shown.length)}</span>}
    </span>
  )
}
