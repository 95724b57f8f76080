// Sheets: tables of items and values that people and tools exchange about a controller, as CSV to type from and to read back, and as a page to print.
import { GreenwaveError } from '../../../model/errors.ts'

/** More is no sheet of one controller. */
export const MAX_SHEET_BYTES = 2 ** 20
const MAX_ROWS = 20_000

/** Item to value. In: CSV with the columns item, value and whatever follows; the first line may be a heading. Throws `controller.malformed` with the line. */
export function parseSheet(bytes: Uint8Array): Map<string, string> {
  const malformed = (sentence: string, line?: number): GreenwaveError => new GreenwaveError('controller.malformed', sentence, line === undefined ? undefined : { file: 'controller.csv', line })
  if (bytes.length > MAX_SHEET_BYTES) throw malformed(`the sheet has ${bytes.length} bytes, at most ${MAX_SHEET_BYTES} are read`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed('the sheet is not UTF-8')
  }
  const lines = text.split(/\r?\n/)
  if (lines.length > MAX_ROWS) throw malformed(`the sheet has ${lines.length} lines, at most ${MAX_ROWS} are read`)
  const found = new Map<string, string>()
  lines.forEach((line, i) => {
    if (line.trim() === '') return
    const [item, value] = cellsOf(line).map((cell) => cell.trim())
    if (item === undefined || item === '' || value === undefined) throw malformed(`"${line.slice(0, 60)}" has no item and value`, i + 1)
    if (i === 0 && item.toLowerCase() === 'item') return
    if (found.has(item)) throw malformed(`"${item.slice(0, 60)}" is there twice`, i + 1)
    found.set(item, value)
  })
  return found
}

function cellsOf(line: string): string[] {
  const cells: string[] = []
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"(?=,|$)|([^,]*))/g)) cells.push(quoted === undefined ? plain ?? '' : quoted.replaceAll('""', '"'))
  return cells
}

const quote = (cell: string): string => (/[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)
export const csvOf = (rows: readonly (readonly string[])[]): string => rows.map((row) => `${row.map(quote).join(',')}\r\n`).join('')

const escape = (text: string): string => text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign] as string)

/** A page to print, with room for who typed it in and who looked. No links, no scripts. */
export function pageOf(title: string, facts: readonly [string, string][], head: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = (cells: readonly string[], tag: 'td' | 'th'): string => `<tr>${cells.map((cell) => `<${tag}>${escape(cell)}</${tag}>`).join('')}</tr>`
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${escape(title)}</title>
<style>body{font:11pt sans-serif;margin:15mm}table{border-collapse:collapse;width:100%;margin:1em 0}td,th{border:1px solid #000;padding:2mm;text-align:left}tr{break-inside:avoid}</style></head><body>
<h1>${escape(title)}</h1>
<table>${facts.map((fact) => row(fact, 'td')).join('')}</table>
<table><thead>${row([...head, 'typed', 'checked'], 'th')}</thead><tbody>
${rows.map((cells) => row([...cells, '', ''], 'td')).join('\n')}
</tbody></table>
<p>Typed by: ____________________ at: ____________ &#160; Checked by: ____________________ at: ____________</p>
</body></html>
`
}

/** Whether two values say the same: numbers by value, all else by letter. */
export function sameValue(a: string, b: string): boolean {
  const isNumber = (text: string): boolean => /^-?\d+(\.\d+)?$/.test(text)
  return isNumber(a) && isNumber(b) ? Number(a) === Number(b) : a === b
}
