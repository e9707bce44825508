/** Rows `first` up to and without `end`. */
export interface RowRange {
  readonly first: number
  readonly end: number
}

/**
 * Which rows of a list of fixed row height to render.
 *
 * @param top where the viewport's upper edge is, in pixels below the list's own upper edge; may be negative.
 * @param overscan rows to render beyond either edge, so that fast scrolling shows no holes.
 */
export function visibleRange(
  top: number,
  viewportHeight: number,
  rowHeight: number,
  count: number,
  overscan: number,
): RowRange {
  if (count <= 0 || rowHeight <= 0 || !Number.isFinite(top)) return { first: 0, end: 0 }
  const first = Math.floor(top / rowHeight) - overscan
  const end = Math.ceil((top + Math.max(viewportHeight, 0)) / rowHeight) + overscan
  // Of a list that is still out of view some rows are there, too: they are what comes next.
  const clampedFirst = Math.min(Math.max(first, 0), Math.max(count - overscan, 0))
  return { first: clampedFirst, end: Math.min(Math.max(end, clampedFirst + overscan), count) }
}

/**
 * How far to scroll so that a row is whole in the viewport; 0 when it is already.
 *
 * @param top as in `visibleRange`.
 * @param coveredTop pixels of the viewport's upper part that something sticky covers.
 */
export function scrollToShow(
  index: number,
  rowHeight: number,
  top: number,
  viewportHeight: number,
  coveredTop: number,
): number {
  const rowTop = index * rowHeight
  if (rowTop < top + coveredTop) return rowTop - top - coveredTop
  if (rowTop + rowHeight > top + viewportHeight) return rowTop + rowHeight - top - viewportHeight
  return 0
}
