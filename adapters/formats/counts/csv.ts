// Lines of a CSV file, one at a time, so that a file of any size needs the memory of one line.
import { createReadStream } from 'node:fs'
import { StringDecoder } from 'node:string_decoder'
import { GreenwaveError } from '../../../model/errors.ts'

export interface CsvLine {
  /** From 1. */
  line: number
  fields: string[]
  /** False for a last line without a line end: it may be cut off. */
  terminated: boolean
}

/** Longer lines are no tables: a wide UTDF row has a few hundred characters. */
const LONGEST_LINE = 1_000_000

/**
 * Fields of one line; quotes may hold commas and doubled quotes. Undefined where a quote is not closed.
 */
export function splitCsv(line: string): string[] | undefined {
  if (!line.includes('"')) return line.split(',').map((field) => field.trim())
  const fields: string[] = []
  let field = ''
  let quoted = false
  for (let i = 0; i < line.length; i++) {
    const c = line[i]
    if (quoted) {
      if (c !== '"') field += c
      else if (line[i + 1] === '"') field += line[i++]
      else quoted = false
    } else if (c === '"') quoted = true
    else if (c === ',') {
      fields.push(field.trim())
      field = ''
    } else field += c
  }
  fields.push(field.trim())
  return quoted ? undefined : fields
}

/** Quotes a field where it needs it. */
export const quoteCsv = (field: string): string => (/[",\n\r]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field)

/** Streams a file. Throws input.unreadable, input.empty (0 bytes) and input.syntax (open quote, endless line). */
export async function* readCsv(file: string): AsyncGenerator<CsvLine> {
  let line = 0
  for await (const { text, terminated } of lines(file)) {
    line++
    const fields = splitCsv(line === 1 ? text.replace(/^\uFEFF/, '') : text)
    if (fields === undefined) throw new GreenwaveError('input.syntax', `a quote is not closed in "${text.slice(0, 60)}"`, { file, line })
    yield { line, fields, terminated }
  }
}

async function* lines(file: string): AsyncGenerator<{ text: string; terminated: boolean }> {
  const decoder = new StringDecoder('utf8')
  let rest = ''
  let bytes = 0
  for await (const chunk of chunks(file)) {
    bytes += chunk.length
    const parts = (rest + decoder.write(chunk)).split('\n')
    rest = parts.pop() ?? ''
    if (rest.length > LONGEST_LINE) throw new GreenwaveError('input.syntax', `a line is longer than ${LONGEST_LINE} characters: no CSV table`, { file })
    for (const part of parts) yield { text: part.replace(/\r$/, ''), terminated: true }
  }
  rest += decoder.end()
  if (bytes === 0) throw new GreenwaveError('input.empty', 'the file has 0 bytes', { file })
  if (rest !== '') yield { text: rest, terminated: false }
}

async function* chunks(file: string): AsyncGenerator<Buffer> {
  const stream = createReadStream(file)
  try {
    for await (const chunk of stream) yield chunk as Buffer
  } catch (cause) {
    throw new GreenwaveError('input.unreadable', `the file cannot be read (${(cause as NodeJS.ErrnoException).code ?? 'unknown reason'})`, { file }, cause)
  } finally {
    stream.destroy()
  }
}
