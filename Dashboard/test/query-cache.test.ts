import assert from "node:assert/strict"
import { describe, it } from "node:test"
import { type PagedData, reloadQuery } from "@/lib/paged-query"
import { type Query, QueryCache, startingWith } from "@/lib/query-cache"
import { ManualClock, settle } from "./clock"

/** A query whose answers are given by hand. */
function makeQuery(key: Query<string>["key"] = ["thing"]) {
  const calls: { readonly signal: AbortSignal; answer(data: string): Promise<void>; fail(error: Error): Promise<void> }[] = []
  const query: Query<string> = {
    key,
    fetch: ({ signal }) =>
      new Promise((resolve, reject) => {
        calls.push({
          signal,
          answer: (data) => (resolve(data), settle()),
          fail: (error) => (reject(error), settle()),
        })
      }),
  }
  return { query, calls }
}

function makeCache() {
  const clock = new ManualClock()
  return { clock, cache: new QueryCache(clock) }
}

const nothing = () => undefined

describe("QueryCache", () => {
  it("fetches when watched, and tells the watcher", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery()
    const states: unknown[] = []
    cache.watch(query, () => states.push(cache.read(query.key)))
    await settle()
    await calls[0]?.answer("one")
    assert.deepEqual(states, [
      { data: undefined, error: null, isFetching: true },
      { data: "one", error: null, isFetching: false },
    ])
  })

  it("fetches once for several watchers", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery()
    cache.watch(query, nothing)
    cache.watch(query, nothing)
    await settle()
    assert.equal(calls.length, 1)
  })

  it("keeps data for coming back and does not fetch it again", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery()
    const stop = cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    stop()
    cache.watch(query, nothing)
    await settle()
    assert.equal(calls.length, 1)
    assert.equal(cache.read(query.key).data, "one")
  })

  it("fetches anew what is invalidated, showing the old data meanwhile", async () => {
    const { cache, clock } = makeCache()
    const { query, calls } = makeQuery(["agents", "list"])
    cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    await clock.advance(1_000)
    cache.invalidate(startingWith("agents"))
    await settle()
    assert.deepEqual(cache.read(query.key), { data: "one", error: null, isFetching: true })
    await calls[1]?.answer("two")
    assert.equal(cache.read(query.key).data, "two")
  })

  it("leaves alone what an invalidation does not concern", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery(["feeds"])
    cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    cache.invalidate(startingWith("agents"))
    await settle()
    assert.equal(calls.length, 1)
  })

  it("fetches stale data only when somebody looks at it again", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery()
    const stop = cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    stop()
    cache.invalidate(startingWith("thing"))
    await settle()
    assert.equal(calls.length, 1)
    cache.watch(query, nothing)
    await settle()
    assert.equal(calls.length, 2)
  })

  it("makes a burst of invalidations one fetch", async () => {
    const { cache, clock } = makeCache()
    const { query, calls } = makeQuery()
    cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    for (let count = 0; count < 100; count++) cache.invalidate(startingWith("thing"))
    await clock.advance(299)
    assert.equal(calls.length, 1)
    await clock.advance(1)
    assert.equal(calls.length, 2)
  })

  it("fetches once more when something changed during a fetch", async () => {
    const { cache, clock } = makeCache()
    const { query, calls } = makeQuery()
    cache.watch(query, nothing)
    await settle()
    cache.invalidate(startingWith("thing"))
    cache.invalidate(startingWith("thing"))
    await calls[0]?.answer("old already")
    await clock.advance(1_000)
    assert.equal(calls.length, 2)
    await calls[1]?.answer("new")
    await clock.advance(1_000)
    assert.equal(calls.length, 2)
    assert.equal(cache.read(query.key).data, "new")
  })

  it("does not let a fetch that began before undo a change in place", async () => {
    const { cache, clock } = makeCache()
    const { query, calls } = makeQuery()
    cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    cache.refetch(query.key)
    await settle()
    cache.update<string>(query.key, (data) => `${data} and an event`)
    assert.equal(cache.read(query.key).data, "one and an event")
    await calls[1]?.answer("one, asked before the event")
    await clock.advance(1_000)
    assert.equal(calls.length, 3)
  })

  it("aborts a fetch that nobody waits for, and forgets its answer", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery()
    const stop = cache.watch(query, nothing)
    await settle()
    stop()
    assert.equal(calls[0]?.signal.aborted, true)
    await calls[0]?.answer("late")
    assert.equal(cache.read(query.key).data, undefined)
  })

  it("keeps old data beside an error, and a retry clears it", async () => {
    const { cache, clock } = makeCache()
    const { query, calls } = makeQuery()
    cache.watch(query, nothing)
    await settle()
    await calls[0]?.answer("one")
    await clock.advance(1_000)
    cache.invalidate(startingWith("thing"))
    await settle()
    const error = new Error("no")
    await calls[1]?.fail(error)
    assert.deepEqual(cache.read(query.key), { data: "one", error, isFetching: false })
    cache.refetch(query.key)
    await settle()
    await calls[2]?.answer("two")
    assert.deepEqual(cache.read(query.key), { data: "two", error: null, isFetching: false })
  })

  it("outdates only what was asked for before a moment", async () => {
    const { cache, clock } = makeCache()
    const early = makeQuery(["early"])
    const late = makeQuery(["late"])
    cache.watch(early.query, nothing)
    await settle()
    await early.calls[0]?.answer("one")
    await clock.advance(5_000)
    const moment = clock.now()
    cache.watch(late.query, nothing)
    await settle()
    await late.calls[0]?.answer("one")
    cache.invalidateOlderThan(moment)
    await clock.advance(1_000)
    assert.deepEqual([early.calls.length, late.calls.length], [2, 1])
  })

  it("forgets the longest unused beyond sixty", async () => {
    const { cache, clock } = makeCache()
    for (let number = 0; number < 70; number++) {
      const { query, calls } = makeQuery(["thing", number])
      const stop = cache.watch(query, nothing)
      await settle()
      await calls[0]?.answer("data")
      stop()
      await clock.advance(1)
    }
    const kept = Array.from({ length: 70 }, (_, number) => cache.read(["thing", number]).data !== undefined)
    assert.equal(kept.filter(Boolean).length, 60)
    assert.deepEqual([kept[9], kept[10]], [false, true])
  })

  it("clears everything and hears no late answer", async () => {
    const { cache } = makeCache()
    const { query, calls } = makeQuery()
    cache.watch(query, nothing)
    await settle()
    cache.clear()
    await calls[0]?.answer("of the account before")
    assert.equal(cache.read(query.key).data, undefined)
  })
})

describe("a list", () => {
  it("reloads as many rows as it had, in large pages, at once", async () => {
    const rows = Array.from({ length: 950 }, (_, number) => number)
    const asked: (readonly [string | null, number])[] = []
    const query = reloadQuery<number>({
      key: ["list"],
      fetchPage: async ({ cursor, limit }) => {
        asked.push([cursor, limit])
        const start = Number(cursor ?? 0)
        const end = start + limit
        return { items: rows.slice(start, end), next_cursor: end < rows.length ? String(end) : null }
      },
    })
    const { signal } = new AbortController()
    const first = await query.fetch({ signal, previous: undefined })
    const previous: PagedData<number> = { items: rows.slice(0, 700), nextCursor: "700" }
    const again = await query.fetch({ signal, previous })
    assert.deepEqual(asked, [
      [null, 100],
      [null, 500],
      ["500", 200],
    ])
    assert.deepEqual([first.items.length, first.nextCursor], [100, "100"])
    assert.deepEqual([again.items, again.nextCursor], [rows.slice(0, 700), "700"])
  })
})
