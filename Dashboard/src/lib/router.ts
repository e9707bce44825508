/** Where the dashboard is: the path and the query string of the address bar. */
export interface Place {
  readonly path: string
  readonly search: string
  /** Tells history entries apart, to find their scroll position again. */
  readonly entry: string
  /** The path of the entry before this one, when that was a page of the dashboard, too. */
  readonly from: string | null
}

/** The browser's history as far as the router needs it. */
export interface HistoryHost {
  readonly location: { readonly pathname: string; readonly search: string }
  readonly history: Pick<History, "state" | "pushState" | "replaceState" | "back">
  addEventListener(type: "popstate", listener: () => void): void
  removeEventListener(type: "popstate", listener: () => void): void
}

/** A router over the History API: one subscribable place. */
export class Router {
  #place: Place
  #count = 0
  readonly #listeners = new Set<() => void>()
  /** Tells runs of the page apart, so that entries from before a reload keep their own names. */
  readonly #run = Math.random().toString(36).slice(2, 8)

  constructor(private readonly host: HistoryHost) {
    this.#place = this.#read()
    host.addEventListener("popstate", this.#follow)
  }

  get place(): Place {
    return this.#place
  }

  subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  /** Goes to a path with query string; `replace` leaves no entry behind, as for filters. */
  go(target: string, options: { readonly replace?: boolean } = {}): void {
    const { path, search } = split(target)
    if (path === this.#place.path && search === this.#place.search) return
    const entry = options.replace ? this.#place.entry : `${this.#run}-${++this.#count}`
    const from = options.replace ? this.#place.from : this.#place.path
    if (options.replace) this.host.history.replaceState({ entry, from }, "", path + search)
    else this.host.history.pushState({ entry, from }, "", path + search)
    this.#set({ path, search, entry, from })
  }

  /** Leaves a page for the list it belongs to: back to where it was opened from when that was the list, so that filters and place stay. */
  goUp(list: string): void {
    if (this.#place.from === list) this.host.history.back()
    else this.go(list)
  }

  /** Stops listening to the browser. */
  stop(): void {
    this.host.removeEventListener("popstate", this.#follow)
  }

  #follow = () => this.#set(this.#read())

  #read(): Place {
    const state = this.host.history.state as { entry?: string; from?: string | null } | null
    const { pathname: path, search } = this.host.location
    return { path, search, entry: state?.entry ?? "first", from: state?.from ?? null }
  }

  #set(place: Place) {
    this.#place = place
    for (const listener of [...this.#listeners]) listener()
  }
}

function split(target: string): { path: string; search: string } {
  const mark = target.indexOf("?")
  return mark < 0 ? { path: target, search: "" } : { path: target.slice(0, mark), search: target.slice(mark) }
}

/**
 * Compares a path with a pattern such as "/agents/:id".
 *
 * @returns the decoded variables, or null when it does not match. A segment that is no valid percent-encoding does not match.
 */
export function matchPath(pattern: string, path: string): Readonly<Record<string, string>> | null {
  const expected = pattern.split("/").filter(Boolean)
  const found = path.split("/").filter(Boolean)
  if (expected.length !== found.length) return null
  const variables: Record<string, string> = {}
  for (const [index, part] of expected.entries()) {
    const value = found[index] as string
    if (!part.startsWith(":")) {
      if (part !== value) return null
      continue
    }
    try {
      variables[part.slice(1)] = decodeURIComponent(value)
    } catch {
      return null
    }
  }
  return variables
}

/** The query string with some parameters changed; empty and null ones go, names stay in alphabetical order. */
export function changedSearch(search: string, changes: Readonly<Record<string, string | null>>): string {
  const parameters = new URLSearchParams(search)
  for (const [name, value] of Object.entries(changes)) {
    if (value === null || value === "") parameters.delete(name)
    else parameters.set(name, value)
  }
  parameters.sort()
  const text = parameters.toString()
  return text ? `?${text}` : ""
}
