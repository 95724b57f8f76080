// Rows as COPY reads them: columns apart by tabs, rows by line feeds, \N for what is absent.
import { GreenwaveError } from '../../model/errors.ts'
import { requireText } from '../../plans/ports/canonical.ts'

/** What must be escaped, and what must be looked at more closely: line ends, tabs, backslashes, NUL, surrogates. */
const SPECIAL = /[\\\t\n\r\0\uD800-\uDFFF]/
const ESCAPES: Record<string, string> = { '\\': '\\\\', '\t': '\\t', '\n': '\\n', '\r': '\\r' }

export function copyWord(text: string | undefined): string {
  if (text === undefined) return '\\N'
  if (!SPECIAL.test(text)) return text
  return requireText(text, 'a word of a row').replaceAll(/[\\\t\n\r]/g, (character) => ESCAPES[character]!)
}

export function copyNumber(value: number | undefined): string {
  if (value === undefined) return '\\N'
  if (!Number.isFinite(value)) throw new GreenwaveError('input.value', `a figure of a row is ${value}; only finite numbers can be kept`)
  return `${value}`
}

export function copyInteger(value: number): string {
  if (!Number.isInteger(value) || Math.abs(value) > 2 ** 31 - 1) throw new GreenwaveError('input.value', `a code of a row is ${value}; it must be a whole number of 32 bits`)
  return `${value}`
}

/** Long enough that the calls between do not count, short enough that memory does not. */
const PIECE_CHARACTERS = 128 * 1024

/** Lines together in pieces. */
export function* pieces(lines: Iterable<string>): Generator<string> {
  let piece = ''
  for (const line of lines) {
    piece += line
    if (piece.length < PIECE_CHARACTERS) continue
    yield piece
    piece = ''
  }
  if (piece !== '') yield piece
}
