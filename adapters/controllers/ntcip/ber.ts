// The little of BER (ITU-T X.690) that SNMP needs: PDUs as a dry run shows them, read back strictly. Definite lengths only; nothing is
// believed that reaches beyond what encloses it. The wire itself is net-snmp's; its answers pass `screen.ts` first.
import { GreenwaveError } from '../../../model/errors.ts'

export const TAG = { integer: 0x02, octets: 0x04, null: 0x05, oid: 0x06, sequence: 0x30, get: 0xa0, response: 0xa2, set: 0xa3, report: 0xa8 } as const

/** An element and where its content lies. */
export interface Element {
  tag: number
  content: Buffer
  /** Of the next element in the same buffer. */
  next: number
}

const malformed = (sentence: string): never => { throw new GreenwaveError('controller.malformed', sentence) }

/** The element at `at`. Throws `controller.malformed`. */
export function readElement(bytes: Buffer, at: number): Element {
  const tag = bytes[at]
  const first = bytes[at + 1]
  if (tag === undefined || first === undefined) return malformed(`an element begins at byte ${at} of ${bytes.length}`)
  let length = first
  let begin = at + 2
  if (first >= 0x80) {
    const octets = first & 0x7f
    if (octets < 1 || octets > 3) return malformed(`the length at byte ${at + 1} is 0x${first.toString(16)}`)
    length = 0
    for (let i = 0; i < octets; i++) length = length * 256 + (bytes[begin + i] ?? malformed(`a length ends at byte ${bytes.length}`))
    begin += octets
  }
  if (begin + length > bytes.length) return malformed(`an element of ${length} bytes begins at byte ${begin} of ${bytes.length}`)
  return { tag, content: bytes.subarray(begin, begin + length), next: begin + length }
}

/** All elements of a content, at most so many. */
export function readElements(content: Buffer, most: number): Element[] {
  const elements: Element[] = []
  for (let at = 0; at < content.length;) {
    if (elements.length === most) return malformed(`more than ${most} elements in ${content.length} bytes`)
    const element = readElement(content, at)
    elements.push(element)
    at = element.next
  }
  return elements
}

export function integerOf({ tag, content }: Element): number {
  if (tag !== TAG.integer || content.length < 1 || content.length > 5) return malformed(`an integer has tag ${tag} and ${content.length} bytes`)
  return content.readIntBE(0, content.length)
}

export function oidOf({ tag, content }: Element): string {
  if (tag !== TAG.oid || content.length < 1 || content.length > 128) return malformed(`an object id has tag ${tag} and ${content.length} bytes`)
  const numbers: number[] = []
  let value = 0
  content.forEach((byte, i) => {
    value = value * 128 + (byte & 0x7f)
    if (value > 0xff_ff_ff_ff) malformed('an object id has a number above 32 bits')
    if (byte >= 0x80) {
      if (i === content.length - 1) malformed('an object id ends in the middle of a number')
      return
    }
    if (numbers.length === 0) {
      const head = Math.min(2, Math.floor(value / 40))
      numbers.push(head, value - head * 40)
    } else numbers.push(value)
    value = 0
  })
  return numbers.join('.')
}

export function element(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts)
  const length = content.length < 0x80 ? [content.length] : content.length < 0x100 ? [0x81, content.length] : [0x82, content.length >> 8, content.length & 0xff]
  return Buffer.concat([Buffer.from([tag, ...length]), content])
}

export function integer(value: number): Buffer {
  let octets = 1
  while (value < -(2 ** (8 * octets - 1)) || value >= 2 ** (8 * octets - 1)) octets++
  const content = Buffer.alloc(octets)
  content.writeIntBE(value, 0, octets)
  return element(TAG.integer, content)
}

export function objectId(oid: string): Buffer {
  const [a = 0, b = 0, ...rest] = oid.split('.').map(Number)
  const base128 = (value: number): number[] => (value < 128 ? [value] : [...base128(Math.floor(value / 128)).map((byte) => byte | 0x80), value & 0x7f])
  return element(TAG.oid, Buffer.from([a * 40 + b, ...rest.flatMap(base128)]))
}

/** A request: values to set, or ids to get. The session puts its own request id; here it is 0. */
export function encodePdu(kind: 'get' | 'set', items: { oid: string; value?: number }[], request = 0): Buffer {
  const binds = items.map(({ oid, value }) => element(TAG.sequence, objectId(oid), value === undefined ? element(TAG.null) : integer(value)))
  return element(TAG[kind], integer(request), integer(0), integer(0), element(TAG.sequence, ...binds))
}

/** Version 1 (0) or 2c (1) around a PDU. */
export const encodeMessage = (version: 0 | 1, community: string, pdu: Buffer): Buffer => element(TAG.sequence, integer(version), element(TAG.octets, Buffer.from(community)), pdu)

/** What a SET PDU of a write set says. Throws `controller.malformed`. */
export function decodeSet(pdu: Buffer): { oid: string; value: number }[] {
  const whole = readElement(pdu, 0)
  if (whole.tag !== TAG.set || whole.next !== pdu.length) return malformed('the frame is no SET')
  const [request, status, index, list, ...more] = readElements(whole.content, 4)
  if (request === undefined || status === undefined || index === undefined || list?.tag !== TAG.sequence || more.length > 0) return malformed('the frame has not the four parts of a PDU')
  return readElements(list.content, 64).map((bind) => {
    const [oid, value, ...rest] = readElements(bind.content, 2)
    if (bind.tag !== TAG.sequence || oid === undefined || value === undefined || rest.length > 0) return malformed('an item of the frame is no pair')
    return { oid: oidOf(oid), value: integerOf(value) }
  })
}
