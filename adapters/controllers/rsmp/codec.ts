// Bytes to messages of RSMP 3.x and back: JSON objects, each ended by a form feed. Strict and bounded: what is no message throws, and is never half believed.
import { GreenwaveError } from '../../../model/errors.ts'

const END = 0x0c

export const MOST_BYTES = 1 << 20
const DEEPEST = 32

/** More than any site has of anything in one message. */
const MOST_VALUES = 4096

export const malformed = (what: string): GreenwaveError => new GreenwaveError('controller.malformed', `an RSMP message with ${what}`)

/** Cuts a stream into messages without their form feed. Throws controller.malformed where one grows beyond 1 MiB. */
export class FormFeedCutter {
  #parts: Buffer[] = []
  #length = 0

  push(bytes: Uint8Array): Buffer[] {
    const messages: Buffer[] = []
    let from = 0
    for (let at = bytes.indexOf(END, from); at >= 0; at = bytes.indexOf(END, from)) {
      this.#keep(bytes.subarray(from, at))
      messages.push(Buffer.concat(this.#parts, this.#length))
      this.#parts = []
      this.#length = 0
      from = at + 1
    }
    this.#keep(bytes.subarray(from))
    return messages
  }

  #keep(part: Uint8Array): void {
    this.#length += part.length
    if (this.#length > MOST_BYTES) throw malformed(`more than ${MOST_BYTES} bytes`)
    // A socket may use its buffer again.
    if (part.length > 0) this.#parts.push(Buffer.from(part))
  }
}

export interface StatusName { sCI: string; n: string }
/** `q` is recent or old where `s` is a text; for the two others there is no value. */
export interface StatusValue extends StatusName { s: string | null; q: 'recent' | 'old' | 'undefined' | 'unknown' }
export interface ReturnValue { cCI: string; n: string; v: string | null; age: StatusValue['q'] }

interface StatusMessage<T extends string> { type: T; mId: string; cId: string; sTs: string; sS: StatusValue[] }

/** What a site may send. */
export type FromSite =
  | { type: 'MessageAck'; oMId: string }
  | { type: 'MessageNotAck'; oMId: string; rea: string }
  | { type: 'Version'; mId: string; versions: string[]; sites: string[]; SXL: string }
  | { type: 'Watchdog'; mId: string; wTs: string }
  | { type: 'AggregatedStatus'; mId: string; cId: string; se: boolean[] }
  | { type: 'Alarm'; mId: string; cId: string; aCId: string; aSp: string; isActive?: boolean }
  | { type: 'CommandResponse'; mId: string; cId: string; rvs: ReturnValue[] }
  | StatusMessage<'StatusResponse'>
  | StatusMessage<'StatusUpdate'>

/** An id that stands where the session puts its own. */
export const NO_ID = '00000000-0000-4000-8000-000000000000'

/** Whatever is sent, with its form feed. Times and ids are the caller's. */
export const encodeMessage = (type: string, fields: Record<string, unknown>): Buffer => Buffer.from(`${JSON.stringify({ mType: 'rSMsg', type, ...fields })}\f`)

/** `YYYY-MM-DDThh:mm:ss.sssZ` of s since 1970. */
export const stampOf = (time_s: number): string => new Date(Math.round(time_s * 1000)).toISOString()
export const timeOfStamp = (stamp: string): number => Date.parse(stamp) / 1000

/** The id of a message that can't be read as a whole, so that it can be refused by it. */
export function idOf(bytes: Uint8Array): string | undefined {
  const found = /"mId"\s*:\s*"([^"]{36})"/.exec(Buffer.from(bytes.subarray(0, 4096)).toString('latin1'))?.[1]
  return found !== undefined && ID.test(found) ? found : undefined
}

/** Throws controller.malformed. */
export function decodeMessage(bytes: Uint8Array): FromSite {
  const value = recordOf(parse(bytes), 'what is no object')
  if (value.mType !== 'rSMsg') throw malformed('another mType than "rSMsg"')
  const id = (name: string): string => matching(value[name], name, ID)
  const text = (name: string): string => textOf(value[name], name)
  // A site with one component may leave it out or send null.
  const component = (): string => (value.cId === undefined || value.cId === null ? '' : text('cId'))
  switch (value.type) {
    case 'MessageAck': return { type: 'MessageAck', oMId: id('oMId') }
    case 'MessageNotAck': return { type: 'MessageNotAck', oMId: id('oMId'), rea: value.rea === undefined ? '' : text('rea') }
    case 'Version': return {
      type: 'Version', mId: id('mId'), SXL: matching(value.SXL, 'SXL', VERSION),
      versions: listOf(value.RSMP, 'RSMP').map((item) => matching(recordOf(item, 'RSMP').vers, 'vers', VERSION)),
      sites: listOf(value.siteId, 'siteId').map((item) => textOf(recordOf(item, 'siteId').sId, 'sId')),
    }
    case 'Watchdog': return { type: 'Watchdog', mId: id('mId'), wTs: stamp(value.wTs, 'wTs') }
    case 'AggregatedStatus': return { type: 'AggregatedStatus', mId: id('mId'), cId: component(), se: aggregateOf(value.se) }
    case 'Alarm': return {
      type: 'Alarm', mId: id('mId'), cId: component(), aCId: matching(value.aCId, 'aCId', /^A\d{4}$/), aSp: text('aSp'),
      ...(value.aS === undefined ? {} : { isActive: activeOf(value.aS) }),
    }
    case 'CommandResponse': return { type: 'CommandResponse', mId: id('mId'), cId: component(), rvs: listOf(value.rvs, 'rvs').map(returnOf) }
    case 'StatusResponse':
    case 'StatusUpdate': return { type: value.type, mId: id('mId'), cId: component(), sTs: stamp(value.sTs, 'sTs'), sS: listOf(value.sS, 'sS').map(statusOf) }
    default: throw malformed(`a type that no site sends: ${JSON.stringify(value.type)?.slice(0, 40) ?? 'none'}`)
  }
}

const ID = /^[\dA-Fa-f]{8}-[\dA-Fa-f]{4}-4[\dA-Fa-f]{3}-[89ABab][\dA-Fa-f]{3}-[\dA-Fa-f]{12}$/
const VERSION = /^\d{1,2}\.\d{1,2}(\.\d{1,2})?$/
const STAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

function parse(bytes: Uint8Array): unknown {
  if (bytes.length > MOST_BYTES) throw malformed(`more than ${MOST_BYTES} bytes`)
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw malformed('bytes that are no UTF-8')
  }
  checkDepth(text)
  try {
    return JSON.parse(text) as unknown
  } catch {
    throw malformed('what is no JSON')
  }
}

/** Before it is parsed: brackets outside of strings. */
function checkDepth(text: string): void {
  let [depth, isString] = [0, false]
  for (let i = 0; i < text.length; i++) {
    const char = text[i]
    if (isString) {
      if (char === '\\') i++
      else if (char === '"') isString = false
    } else if (char === '"') isString = true
    else if (char === '{' || char === '[') {
      if (++depth > DEEPEST) throw malformed(`more than ${DEEPEST} levels`)
    } else if (char === '}' || char === ']') depth--
  }
}

const QUALITIES = ['recent', 'old', 'undefined', 'unknown'] as const

function statusOf(item: unknown): StatusValue {
  const value = recordOf(item, 'sS')
  const quality = qualityOf(value.q, 'q')
  return { sCI: matching(value.sCI, 'sCI', /^S\d{4}$/), n: textOf(value.n, 'n'), q: quality, s: scalarOf(value.s, quality, 's') }
}

function returnOf(item: unknown): ReturnValue {
  const value = recordOf(item, 'rvs')
  const age = qualityOf(value.age, 'age')
  return { cCI: matching(value.cCI, 'cCI', /^M\d{4}$/), n: textOf(value.n, 'n'), age, v: scalarOf(value.v, age, 'v') }
}

function qualityOf(value: unknown, name: string): StatusValue['q'] {
  const found = QUALITIES.find((one) => one === value)
  if (found === undefined) throw malformed(`"${name}" that is none of ${QUALITIES.join(', ')}`)
  return found
}

/** Core 3.1 sends a text even where there is no value. Lists (S0098 and others) are of no use here. */
function scalarOf(value: unknown, quality: StatusValue['q'], name: string): string | null {
  if (quality === 'undefined' || quality === 'unknown' || Array.isArray(value)) return null
  if (typeof value !== 'string') throw malformed(`"${name}" that is no text`)
  return value
}

/** Eight of true and false: booleans since core 3.1.3, texts before. */
function aggregateOf(value: unknown): boolean[] {
  const list = listOf(value, 'se')
  const isBit = (one: unknown): boolean => typeof one === 'boolean' || (typeof one === 'string' && /^(true|false)$/i.test(one))
  if (list.length !== 8 || !list.every(isBit)) throw malformed('"se" that is not eight of true and false')
  return list.map((one) => String(one).toLowerCase() === 'true')
}

function activeOf(value: unknown): boolean {
  const text = textOf(value, 'aS').toLowerCase()
  if (text !== 'active' && text !== 'inactive') throw malformed('"aS" that is neither Active nor inActive')
  return text === 'active'
}

function listOf(value: unknown, name: string): unknown[] {
  if (!Array.isArray(value) || value.length === 0 || value.length > MOST_VALUES) throw malformed(`"${name}" that is no list of 1 to ${MOST_VALUES}`)
  return value
}
function recordOf(value: unknown, name: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw malformed(`"${name}" that is no object`)
  return value as Record<string, unknown>
}
function textOf(value: unknown, name: string): string {
  if (typeof value !== 'string' || value.length > 4096) throw malformed(`"${name}" that is no short text`)
  return value
}
function matching(value: unknown, name: string, pattern: RegExp): string {
  const text = textOf(value, name)
  if (!pattern.test(text)) throw malformed(`"${name}" that is ${JSON.stringify(text.slice(0, 40))}`)
  return text
}
function stamp(value: unknown, name: string): string {
  const text = matching(value, name, STAMP)
  if (Number.isNaN(Date.parse(text))) throw malformed(`"${name}" that is no time`)
  return text
}
