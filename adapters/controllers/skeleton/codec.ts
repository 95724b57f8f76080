// Lines of JSON and what they mean. Strict: what is not exactly a message is refused with the place, and nothing is believed of it.
import { GreenwaveError } from '../../../model/errors.ts'

/** Longer lines end the connection: nobody sends them. */
export const LONGEST_LINE = 65_536

export type Request =
  | { op: 'hello'; key: string }
  | { op: 'read' }
  | { op: 'status' }
  | { op: 'write'; slot: number; items: [name: string, value: string][] }
  | { op: 'select'; slot: number; lease_s: number }
  | { op: 'renew'; lease_s: number }
  | { op: 'release' }

export interface Reply {
  id: number
  ok: boolean
  /** Why not, and at which item. */
  error?: string
  item?: string
  data: Record<string, unknown>
}

export const encodeRequest = (id: number, request: Request): Buffer => Buffer.from(`${JSON.stringify({ id, ...request })}\n`)

/** In: one line without its end. Throws controller.malformed. */
export function decodeReply(line: Uint8Array): Reply {
  if (line.length > LONGEST_LINE) throw malformed(`a line of ${line.length} bytes`)
  let value: unknown
  try {
    value = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(line))
  } catch {
    throw malformed('a line that is no JSON')
  }
  if (!isRecord(value)) throw malformed('a line that is no object')
  const { id, ok, error, item, data = {} } = value
  if (typeof id !== 'number' || !Number.isSafeInteger(id)) throw malformed('a reply without an id')
  if (typeof ok !== 'boolean') throw malformed('a reply that says neither yes nor no')
  if (!isText(error) || !isText(item) || !isRecord(data)) throw malformed('a reply with a field of another kind')
  return { id, ok, data, ...(error === undefined ? {} : { error }), ...(item === undefined ? {} : { item }) }
}

const isText = (value: unknown): value is string | undefined => value === undefined || typeof value === 'string'
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)
export const malformed = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `the controller sent ${what}`)

/** Cuts bytes into lines, however they come. */
export class LineCutter {
  #rest = Buffer.alloc(0)

  /** Whole lines. Throws controller.malformed for one that has no end. */
  push(bytes: Uint8Array): Buffer[] {
    let rest = Buffer.concat([this.#rest, bytes])
    const lines: Buffer[] = []
    for (let end = rest.indexOf(10); end >= 0; end = rest.indexOf(10)) {
      lines.push(rest.subarray(0, end))
      rest = rest.subarray(end + 1)
    }
    if (rest.length > LONGEST_LINE) throw malformed(`${rest.length} bytes without a line end`)
    this.#rest = rest
    return lines
  }
}
