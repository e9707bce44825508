import { queriesConcernedBy } from "@/app/live-updates"
import type { Services } from "@/hooks/use-services"
import { ApiClient } from "@/lib/api-client"
import { Hotkeys } from "@/lib/hotkeys"
import { QueryCache, startingWith } from "@/lib/query-cache"
import { Router } from "@/lib/router"
import { browserSessionEnvironment, Session } from "@/lib/session"
import { StreamClient } from "@/lib/stream-client"
import type { AdvisoryState, CompanyEvent, Page } from "@/types/api"

/** Events kept for the overview's list. */
const newestEventsKept = 50

/** Makes the parts of the application and ties the live stream to the query cache. */
export function makeServices(): Services {
  const session = new Session(browserSessionEnvironment())
  const cache = new QueryCache()
  const stream = new StreamClient(session, {
    onEvent: (event) => applyEvent(cache, event),
    onResynchronise: () => cache.invalidateOlderThan(Date.now()),
  })
  const router = new Router(window)
  forgetWithAccount(session, cache)
  return { session, cache, stream, router, api: new ApiClient(session), hotkeys: new Hotkeys() }
}

/** Drops all data in the moment the account changes, so that one account's data never shows to the next one. */
function forgetWithAccount(session: Session, cache: QueryCache) {
  let account: string | null = null
  session.subscribe(() => {
    const next = session.state.status === "signed-in" ? session.state.user.id : null
    if (next !== account) cache.clear()
    account = next
  })
}

/** Puts an event on top of the list of events and lets the queries it concerns be fetched anew. */
export function applyEvent(cache: QueryCache, event: CompanyEvent): void {
  cache.update<Page<CompanyEvent>>(["events"], (page) =>
    page.items.some((each) => each.id === event.id)
      ? page
      : { ...page, items: [event, ...page.items].sort((a, b) => b.id - a.id).slice(0, newestEventsKept) },
  )
  cache.invalidate(queriesConcernedBy(event))
  // Only with advisories is anything computed, so whatever comes after "none are loaded" may be the news that they are.
  if (cache.read<AdvisoryState>(["feeds"]).data?.index_digest === null) cache.invalidate(startingWith("feeds"))
}
