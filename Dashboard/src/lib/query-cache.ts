/** Names a piece of server data: a resource word, then whatever tells it apart. */
export type QueryKey = readonly (string | number | boolean | null | undefined)[]

/** How to get a piece of server data. `previous` is what was there before, for lists that reload what they had. */
export interface Query<Data> {
  readonly key: QueryKey
  readonly fetch: (context: { readonly signal: AbortSignal; readonly previous: Data | undefined }) => Promise<Data>
}

/** What a component sees of a query. Data stays while it is fetched anew and when that fails. */
export interface QueryState<Data> {
  readonly data: Data | undefined
  readonly error: unknown
  readonly isFetching: boolean
}

interface Entry {
  state: QueryState<unknown>
  query: Query<unknown>
  readonly listeners: Set<() => void>
  controller: AbortController | null
  /** When the running or last fetch began. */
  startedAt: number
  isStale: boolean
  /** Something changed while a fetch was running, so its result is old already. */
  isOvertaken: boolean
  timer: unknown
  lastUsed: number
}

export interface QueryCacheEnvironment {
  readonly now: () => number
  readonly setTimer: (run: () => void, milliseconds: number) => unknown
  readonly clearTimer: (timer: unknown) => void
}

const browserEnvironment: QueryCacheEnvironment = {
  now: () => Date.now(),
  setTimer: (run, milliseconds) => setTimeout(run, milliseconds),
  clearTimer: (timer) => clearTimeout(timer as number),
}

/** Unused entries kept for going back, at most. */
const idleLimit = 60
/** Least time between the starts of two fetches of one query, in milliseconds: bursts of events cost one fetch. */
const pace = 300

const idle: QueryState<undefined> = { data: undefined, error: null, isFetching: false }

/** Server data by key: fetches when somebody looks, keeps it for going back, and fetches anew what is invalidated. */
export class QueryCache {
  readonly #entries = new Map<string, Entry>()

  constructor(private readonly environment: QueryCacheEnvironment = browserEnvironment) {}

  /** The state now; does not fetch. */
  read<Data>(key: QueryKey): QueryState<Data> {
    return (this.#entries.get(nameOf(key))?.state ?? idle) as QueryState<Data>
  }

  /** Watches a query and fetches it when there is no data or it is stale. Returns how to stop. */
  watch<Data>(query: Query<Data>, listener: () => void): () => void {
    const entry = this.#entry(query)
    entry.listeners.add(listener)
    entry.lastUsed = this.environment.now()
    if (entry.state.data === undefined || entry.isStale) this.#start(entry)
    return () => {
      entry.listeners.delete(listener)
      entry.lastUsed = this.environment.now()
      if (entry.listeners.size === 0) this.#rest(entry)
    }
  }

  /** Marks matching data as old and fetches anew what is watched. */
  invalidate(matches: (key: QueryKey) => boolean): void {
    for (const entry of this.#entries.values()) if (matches(entry.query.key)) this.#outdate(entry)
  }

  /** Marks as old whatever was asked for before a moment. */
  invalidateOlderThan(moment: number): void {
    for (const entry of this.#entries.values()) if (entry.startedAt < moment) this.#outdate(entry)
  }

  /** Fetches now, for a retry or to reload by hand. */
  refetch(key: QueryKey): void {
    const entry = this.#entries.get(nameOf(key))
    if (entry) this.#start(entry)
  }

  /** Changes data in place; does nothing when there is none. */
  update<Data>(key: QueryKey, change: (data: Data) => Data): void {
    const entry = this.#entries.get(nameOf(key))
    if (!entry || entry.state.data === undefined) return
    // What is on its way was asked for before this change and would undo it.
    if (entry.controller) entry.isOvertaken = true
    this.#set(entry, { ...entry.state, data: change(entry.state.data as Data) })
  }

  /** Forgets everything, as on signing out. */
  clear(): void {
    for (const entry of this.#entries.values()) {
      entry.controller?.abort()
      this.environment.clearTimer(entry.timer)
    }
    this.#entries.clear()
  }

  #entry<Data>(query: Query<Data>): Entry {
    const name = nameOf(query.key)
    const found = this.#entries.get(name)
    if (found) {
      found.query = query as unknown as Query<unknown>
      return found
    }
    const entry: Entry = {
      state: idle,
      query: query as unknown as Query<unknown>,
      listeners: new Set(),
      controller: null,
      startedAt: -Infinity,
      isStale: false,
      isOvertaken: false,
      timer: null,
      lastUsed: this.environment.now(),
    }
    this.#entries.set(name, entry)
    this.#evict()
    return entry
  }

  #outdate(entry: Entry) {
    entry.isStale = true
    if (entry.controller) entry.isOvertaken = true
    else if (entry.listeners.size > 0) this.#startPaced(entry)
  }

  #startPaced(entry: Entry) {
    const wait = entry.startedAt + pace - this.environment.now()
    if (wait <= 0) return this.#start(entry)
    if (entry.timer !== null) return
    entry.timer = this.environment.setTimer(() => {
      entry.timer = null
      if (entry.listeners.size > 0) this.#start(entry)
    }, wait)
  }

  #start(entry: Entry) {
    if (entry.controller) return
    this.environment.clearTimer(entry.timer)
    entry.timer = null
    const controller = new AbortController()
    entry.controller = controller
    entry.startedAt = this.environment.now()
    entry.isStale = false
    entry.isOvertaken = false
    this.#set(entry, { ...entry.state, isFetching: true })
    const previous = entry.state.data
    Promise.resolve()
      .then(() => entry.query.fetch({ signal: controller.signal, previous }))
      .then(
        (data) => this.#finish(entry, controller, { data, error: null, isFetching: false }),
        (error: unknown) => this.#finish(entry, controller, { data: entry.state.data, error, isFetching: false }),
      )
  }

  #finish(entry: Entry, controller: AbortController, state: QueryState<unknown>) {
    if (entry.controller !== controller) return
    entry.controller = null
    const overtaken = entry.isOvertaken
    if (state.error) entry.isStale = true
    this.#set(entry, state)
    if (overtaken && !state.error) {
      entry.isStale = true
      if (entry.listeners.size > 0) this.#startPaced(entry)
    }
  }

  /** Nobody watches any more: what is under way is dropped, what is there is kept. */
  #rest(entry: Entry) {
    this.environment.clearTimer(entry.timer)
    entry.timer = null
    if (entry.controller) {
      entry.controller.abort()
      entry.controller = null
      entry.isStale = true
      entry.state = { ...entry.state, isFetching: false }
    }
    this.#evict()
  }

  #evict() {
    const unused = [...this.#entries].filter(([, entry]) => entry.listeners.size === 0)
    if (unused.length <= idleLimit) return
    unused.sort(([, a], [, b]) => a.lastUsed - b.lastUsed)
    for (const [name] of unused.slice(0, unused.length - idleLimit)) this.#entries.delete(name)
  }

  #set(entry: Entry, state: QueryState<unknown>) {
    entry.state = state
    for (const listener of [...entry.listeners]) listener()
  }
}

/** Matches every key that begins with these parts. */
export function startingWith(...prefix: QueryKey): (key: QueryKey) => boolean {
  return (key) => prefix.every((part, index) => key[index] === part)
}

function nameOf(key: QueryKey): string {
  return JSON.stringify(key)
}
