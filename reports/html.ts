// HTML by template: every value is escaped unless it is markup made here, so no string of a user can become markup.
import { escapeText } from '../diagram/svg.ts'

/** Text that is safe to put into a document as it is. */
export class Markup {
  readonly text: string

  constructor(text: string) {
    this.text = text
  }
}

export type Content = string | number | Markup | undefined | false | readonly Content[]

function written(value: Content): string {
  if (value instanceof Markup) return value.text
  if (typeof value === 'string') return escapeText(value)
  if (typeof value === 'number') return String(value)
  return value === undefined || value === false ? '' : value.map(written).join('')
}

/** Template tag: strings and numbers are escaped, markup and lists of it pass, undefined and false vanish. */
export function html(strings: TemplateStringsArray, ...values: Content[]): Markup {
  return new Markup(strings.reduce((all, part, i) => all + written(values[i - 1]) + part))
}

/** For the output of our own painters, which escape what they write. */
export const paintedMarkup = (svg: string): Markup => new Markup(svg)

export interface Column {
  head: Content
  /** Numbers stand right and in figures of one width. */
  numeric?: boolean
  /** A thin line before it groups the columns. */
  group?: boolean
}

/** A table with a head that repeats on every printed page; cells as given, first cell of a row is its header. */
export function table(caption: string, columns: readonly Column[], rows: readonly (readonly Content[])[], className = ''): Markup {
  const classOf = (column: Column | undefined): string => [column?.numeric === true ? 'n' : '', column?.group === true ? 'g' : ''].join(' ').trim()
  const head = columns.map((column) => html`<th scope="col" class="${classOf(column)}">${column.head}</th>`)
  const body = rows.map((cells) => html`<tr>${cells.map((cell, i) => i === 0 ? html`<th scope="row">${cell}</th>` : html`<td class="${classOf(columns[i])}">${cell}</td>`)}</tr>\n`)
  return html`<div class="wide"><table class="${className}"><caption>${caption}</caption><thead><tr>${head}</tr></thead><tbody>\n${body}</tbody></table></div>\n`
}
