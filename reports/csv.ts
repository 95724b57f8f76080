// Comma-separated values by RFC 4180, safe to open in a spreadsheet: text that a spreadsheet would run as a formula
// is led by an apostrophe (OWASP, "CSV Injection").

export type CsvValue = string | number | boolean | undefined

const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/
/** A text that is only a number (the id "-12") is no formula. */
const NUMBER = /^-?\d+(\.\d+)?$/

/** One field: numbers with at most millionths and a point, texts quoted where RFC 4180 asks for it. */
export function csvField(value: CsvValue): string {
  if (value === undefined) return ''
  if (typeof value === 'boolean') return value ? 'yes' : 'no'
  if (typeof value === 'number') return Number.isFinite(value) ? String(Math.round(value * 1e6) / 1e6 + 0) : ''
  const harmless = FORMULA.test(value) && !NUMBER.test(value) ? `'${value}` : value
  return /[",\r\n]|^\s|\s$/.test(harmless) ? `"${harmless.replaceAll('"', '""')}"` : harmless
}

/** Header and rows, each ended by CR LF. */
export function csv(columns: readonly string[], rows: readonly Readonly<Record<string, CsvValue>>[]): string {
  return [columns.map(csvField), ...rows.map((row) => columns.map((column) => csvField(row[column])))].map((fields) => `${fields.join(',')}\r\n`).join('')
}
