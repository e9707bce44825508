import { type ReactNode, useCallback, useEffect, useLayoutEffect, useRef, useState } from "react"
import { ErrorNotice } from "@/components/error-notice"
import { useHotkeys } from "@/hooks/use-hotkeys"
import { usePlace } from "@/hooks/use-place"
import { useScrollArea } from "@/hooks/use-scroll-area"
import type { PagedResult } from "@/hooks/use-paged-query"
import { type RowRange, scrollToShow, visibleRange } from "@/lib/window-range"

interface WindowedListProps<Item> {
  readonly label: string
  readonly list: PagedResult<Item>
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  /** Pixels; every row has this height. */
  readonly rowHeight: number
  /** The cells of the heading row. */
  readonly heading: ReactNode
  /** The cells of a row. The link that opens it carries `data-row-link`. */
  readonly renderRow: (item: Item) => ReactNode
  /** Names the columns' layout in the style sheet. */
  readonly className: string
}

const overscan = 8
/** Fetch the next page when this many rows are left below the view. */
const reserve = 30

/**
 * A long list of which only the rows in view are in the document. It scrolls with the page, loads more pages as the end comes
 * near, and moves a focused row with j, k and the arrows. The focused row stays in the document, so focus is never lost.
 */
export function WindowedList<Item>(props: WindowedListProps<Item>) {
  const { items, keyOf, rowHeight, list } = props
  const body = useRef<HTMLDivElement>(null)
  const range = useVisibleRange(body, rowHeight, items.length)
  const selection = useRowSelection(body, props)

  const { loadMore, hasMore, moreError } = list
  useEffect(() => {
    if (hasMore && !moreError && range.end + reserve >= items.length) loadMore()
  }, [hasMore, moreError, range.end, items, loadMore])

  const rows: number[] = []
  for (let index = range.first; index < range.end; index++) rows.push(index)
  if (selection.index >= 0 && (selection.index < range.first || selection.index >= range.end)) rows.push(selection.index)

  return (
    <>
      <div
        className={`list ${props.className}`}
        role="table"
        aria-label={props.label}
        aria-rowcount={hasMore ? -1 : items.length + 1}
        aria-busy={list.isFetching}
      >
        <div role="rowgroup" className="list-head">
          <div role="row" aria-rowindex={1} className="row row-head">
            {props.heading}
          </div>
        </div>
        <div role="rowgroup" className="list-body" ref={body} style={{ height: items.length * rowHeight }}>
          {rows.map((index) => {
            const item = items[index] as Item
            const key = keyOf(item)
            return (
              <div
                key={key}
                role="row"
                aria-rowindex={index + 2}
                className="row"
                data-row={key}
                data-active={index === selection.index || undefined}
                onFocus={() => selection.select(key)}
                style={{ height: rowHeight, transform: `translateY(${index * rowHeight}px)` }}
              >
                {props.renderRow(item)}
              </div>
            )
          })}
        </div>
      </div>
      <div className="list-end">
        {moreError ? (
          <ErrorNotice error={moreError} task="load more rows" onRetry={loadMore} isCompact />
        ) : hasMore ? (
          <span className="faint" role="status">
            loading more…
          </span>
        ) : (
          <span className="faint">end of list</span>
        )}
      </div>
    </>
  )
}

function useVisibleRange(body: React.RefObject<HTMLElement>, rowHeight: number, count: number): RowRange {
  const area = useScrollArea()
  const [range, setRange] = useState<RowRange>({ first: 0, end: Math.min(count, 40) })

  const measure = useCallback(() => {
    const list = body.current
    const view = area?.current
    if (!list || !view) return
    const viewBox = view.getBoundingClientRect()
    const top = viewBox.top - list.getBoundingClientRect().top
    const next = visibleRange(top, viewBox.height, rowHeight, count, overscan)
    setRange((last) => (last.first === next.first && last.end === next.end ? last : next))
  }, [area, body, rowHeight, count])

  // What is above the list may have changed its height in this render, too.
  useLayoutEffect(measure)

  useEffect(() => {
    const view = area?.current
    if (!view) return undefined
    view.addEventListener("scroll", measure, { passive: true })
    const observer = typeof ResizeObserver === "undefined" ? null : new ResizeObserver(measure)
    observer?.observe(view)
    for (const child of view.children) observer?.observe(child)
    return () => {
      view.removeEventListener("scroll", measure)
      observer?.disconnect()
    }
  }, [area, measure])

  return { first: Math.min(range.first, count), end: Math.min(range.end, count) }
}

/** The selected row per history entry and list, so that going back goes on from there. */
const selections = new Map<string, string>()
const rememberedSelections = 50

function remember(name: string, key: string) {
  selections.delete(name)
  selections.set(name, key)
  const oldest = selections.keys().next().value
  if (selections.size > rememberedSelections && oldest !== undefined) selections.delete(oldest)
}

function useRowSelection<Item>(body: React.RefObject<HTMLElement>, props: WindowedListProps<Item>) {
  const { items, keyOf, rowHeight } = props
  const area = useScrollArea()
  const { entry } = usePlace()
  const name = `${entry} ${props.label}`
  const [selected, setSelected] = useState<string | null>(() => selections.get(name) ?? null)
  useEffect(() => {
    if (selected !== null) remember(name, selected)
  }, [name, selected])
  const [wanted, setWanted] = useState<string | null>(null)
  const index = selected === null ? -1 : items.findIndex((item) => keyOf(item) === selected)

  useLayoutEffect(() => {
    if (wanted === null) return
    const row = [...(body.current?.children ?? [])].find((child) => (child as HTMLElement).dataset.row === wanted)
    row?.querySelector<HTMLElement>("[data-row-link]")?.focus({ preventScroll: true })
    setWanted(null)
  }, [wanted, body])

  const moveTo = (target: number) => {
    const view = area?.current
    const list = body.current
    if (!view || !list || items.length === 0) return
    const next = Math.min(Math.max(target, 0), items.length - 1)
    const viewBox = view.getBoundingClientRect()
    const top = viewBox.top - list.getBoundingClientRect().top
    view.scrollTop += scrollToShow(next, rowHeight, top, viewBox.height, coveredTop(list, viewBox.top))
    const key = keyOf(items[next] as Item)
    setSelected(key)
    setWanted(key)
  }
  useHotkeys({
    j: () => moveTo(index + 1),
    k: () => moveTo(index - 1),
    ArrowDown: () => moveTo(index + 1),
    ArrowUp: () => moveTo(index - 1),
    Home: () => moveTo(0),
    End: () => moveTo(items.length - 1),
  })
  return { index, select: setSelected }
}

/** How much of the view's upper part sticky headings cover once the list is scrolled beneath them. */
function coveredTop(list: HTMLElement, viewTop: number): number {
  const head = list.previousElementSibling
  return head ? Math.max(0, head.getBoundingClientRect().bottom - viewTop) : 0
}
