// A table that is sorted by pressing a head, keeps its head in view, and is walked by the arrow keys where rows can be picked.
import type { ComponentChildren } from 'preact'
import { useMemo, useState } from 'preact/hooks'

export interface Column<T> {
  id: string
  title: string
  /** Explains the title. */
  hint?: string
  cell: (row: T) => ComponentChildren
  /** What it is sorted by; without it the column can't be sorted by. Undefined stands last either way. */
  by?: (row: T) => number | string | undefined
  /** Figures stand to the right, below one another. */
  numeric?: boolean
  /** Names the row. */
  head?: boolean
}

export interface TableProps<T> {
  /** Read out before it; shown where `shown` says so. */
  caption: string
  captionShown?: boolean
  columns: readonly Column<T>[]
  rows: readonly T[]
  keyOf: (row: T) => string
  sort?: { by: string; down?: boolean }
  /** Rows can be picked, by Enter too. */
  onPick?: (row: T) => void
  picked?: string | undefined
  /** Said in place of rows. */
  empty?: ComponentChildren
  /** Only for those who can't see what is drawn beside it. */
  hidden?: boolean
}

function sorted<T>(rows: readonly T[], by: NonNullable<Column<T>['by']>, down: boolean): T[] {
  const sign = down ? -1 : 1
  return rows.map((row) => ({ row, at: by(row) })).sort((a, b) => {
    if (a.at === undefined || b.at === undefined) return a.at === b.at ? 0 : a.at === undefined ? 1 : -1
    return sign * (typeof a.at === 'number' && typeof b.at === 'number' ? a.at - b.at : String(a.at).localeCompare(String(b.at), undefined, { numeric: true }))
  }).map(({ row }) => row)
}

const walk = (event: KeyboardEvent): void => {
  const row = (event.target as Element).closest('tr')
  const to = { ArrowDown: row?.nextElementSibling, ArrowUp: row?.previousElementSibling, Home: row?.parentElement?.firstElementChild, End: row?.parentElement?.lastElementChild }[event.key]
  if (!(to instanceof HTMLElement)) return
  event.preventDefault()
  to.focus()
}

export function Table<T>({ caption, captionShown = false, columns, rows, keyOf, sort, onPick, picked, empty, hidden = false }: TableProps<T>) {
  const [order, setOrder] = useState(sort)
  const by = columns.find(({ id }) => id === order?.by)?.by
  const down = order?.down ?? false
  const shown = useMemo(() => (by === undefined ? rows : sorted(rows, by, down)), [rows, by, down])
  const turn = (id: string): void => setOrder(order?.by === id ? { by: id, down: !down } : { by: id })
  return (
    <div class={hidden ? 'sh-hidden' : 'sh-scroll'} {...(hidden ? {} : { tabIndex: 0, role: 'region', 'aria-label': caption })}>
      <table class="sh-table">
        <caption class={captionShown ? '' : 'sh-hidden'}>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.id} scope="col" class={column.numeric === true ? 'sh-numeric' : ''} title={column.hint} {...(order?.by === column.id ? { 'aria-sort': down ? 'descending' as const : 'ascending' as const } : {})}>
                {column.by === undefined || hidden ? column.title : <button type="button" class="sh-sort" onClick={() => turn(column.id)}>{column.title}<span aria-hidden="true">{order?.by === column.id ? (down ? ' ▾' : ' ▴') : ''}</span></button>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody {...(onPick === undefined ? {} : { onKeyDown: walk })}>
          {shown.map((row) => {
            const key = keyOf(row)
            const pick = onPick === undefined ? {} : { 'tabIndex': 0, 'class': 'sh-pickable', 'aria-selected': picked === key, 'onClick': () => onPick(row), 'onKeyDown': (event: KeyboardEvent) => { if (event.key === 'Enter' && event.target === event.currentTarget) onPick(row) } }
            return (
              <tr key={key} {...pick}>
                {columns.map((column) => (column.head === true
                  ? <th key={column.id} scope="row">{column.cell(row)}</th>
                  : <td key={column.id} class={column.numeric === true ? 'sh-numeric' : ''}>{column.cell(row)}</td>))}
              </tr>
            )
          })}
          {shown.length === 0 && empty !== undefined ? <tr><td colSpan={columns.length} class="sh-quiet">{empty}</td></tr> : null}
        </tbody>
      </table>
    </div>
  )
}
