import type { ReactNode } from "react"

interface DataTableProps<Item> {
  readonly label: string
  readonly items: readonly Item[]
  readonly keyOf: (item: Item) => string
  /** The headings; an empty one stands over buttons. */
  readonly columns: readonly string[]
  /** What stands in a row, one for each column. */
  readonly renderCells: (item: Item) => readonly ReactNode[]
}

/** A short list, whole. Long ones are for `WindowedList`. On narrow windows each row stands as a block, its cells named. */
export function DataTable<Item>({ label, items, keyOf, columns, renderCells }: DataTableProps<Item>) {
  return (
    <table className="data-table" aria-label={label}>
      <thead>
        <tr>
          {columns.map((title) => (
            <th key={title} scope="col">
              {title || <span className="heard-only">Actions</span>}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {items.map((item) => (
          <tr key={keyOf(item)}>
            {renderCells(item).map((cell, index) => (
              <td key={columns[index]} data-title={columns[index]}>
                {cell}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  )
}
