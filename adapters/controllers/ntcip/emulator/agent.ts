// The emulated controller as an SNMP agent of versions 1 and 2c over UDP, with a BER of its own and the faults of lines. Security is snmpd's to show;
// here it is replies that get lost, come twice or late, or are no replies.
import { createSocket, type RemoteInfo, type Socket } from 'node:dgram'
import type { RequestKind } from '../../emulator/faults.ts'
import type { EmulatedNtcip, SetAnswer, Value } from './device.ts'

interface Item { tag: number; body: Buffer }

const GET = 0xa0
const RESPONSE = 0xa2
const SET = 0xa3
const NO_SUCH_NAME = 2
const NO_SUCH_OBJECT = 0x80
/** error-status by version: 1 knows only the first five. */
const STATUS: Record<Exclude<SetAnswer, 'DONE'>, [v1: number, v2c: number]> = { 'wrong-value': [3, 10], 'not-writable': [2, 17], 'inconsistent-value': [5, 12], 'wrong-type': [3, 7] }
const COMMANDS = /\.(3\.3|4\.14)\.0$/

function parse(bytes: Buffer): Item[] {
  const items: Item[] = []
  for (let at = 0; at < bytes.length;) {
    const tag = bytes.readUInt8(at)
    const short = bytes.readUInt8(at + 1)
    const long = short & 0x80 ? short & 0x7f : 0
    const length = long > 0 ? bytes.readUIntBE(at + 2, long) : short
    const begin = at + 2 + long
    items.push({ tag, body: bytes.subarray(begin, begin + length) })
    at = begin + length
  }
  return items
}

function build(tag: number, ...parts: Buffer[]): Buffer {
  const body = Buffer.concat(parts)
  const head = body.length < 128 ? Buffer.from([tag, body.length]) : Buffer.from([tag, 0x82, body.length >> 8, body.length & 255])
  return Buffer.concat([head, body])
}

function number(value: number, tag = 2): Buffer {
  const bytes = Buffer.alloc(6)
  bytes.writeIntBE(value, 0, 6)
  let first = 0
  // The shortest form that keeps the sign.
  while (first < 5 && (bytes.readInt16BE(first) >> 7 === 0 || bytes.readInt16BE(first) >> 7 === -1)) first++
  return build(tag, bytes.subarray(first))
}

function oidOf(body: Buffer): string {
  const parts = [Math.floor(body[0]! / 40), body[0]! % 40]
  let value = 0
  for (const byte of body.subarray(1)) {
    value = value * 128 + (byte & 127)
    if (byte < 128) { parts.push(value); value = 0 }
  }
  return parts.join('.')
}

function encoded(found: Value): Buffer {
  switch (found.type) {
    case 'integer': return number(found.value)
    case 'counter': return number(found.value, 0x41)
    case 'octet': return build(4, Buffer.from(found.value))
    case 'string': return build(4, Buffer.from(found.value))
  }
}

/** What a SET or GET, with or without the message around it, asks for: as the emulator understands it. */
export function kindOf(bytes: Buffer): RequestKind {
  const [outer] = parse(bytes)
  const pdu = outer?.tag === 0x30 ? parse(outer.body)[2] : outer
  if (pdu?.tag !== SET) return 'read'
  const ids = parse(parse(pdu.body)[3]!.body).map(({ body }) => oidOf(parse(body)[0]!.body))
  return ids.every((id) => COMMANDS.test(id)) ? 'command' : 'write'
}

export class SnmpAgent {
  readonly #device: EmulatedNtcip
  readonly #community: string
  readonly #socket: Socket
  #last: RemoteInfo | undefined
  #isOpen = true
  /** Made of each reply before it is sent. */
  spoil: (reply: Buffer) => Buffer = (reply) => reply

  constructor(device: EmulatedNtcip, community: string) {
    this.#device = device
    this.#community = community
    this.#socket = createSocket('udp4').on('message', (bytes, from) => this.#receive(bytes, from))
  }

  listen(): Promise<number> {
    return new Promise((resolve) => { this.#socket.bind(0, '127.0.0.1', () => resolve(this.#socket.address().port)) })
  }

  close(): void {
    this.#isOpen = false
    this.#socket.close()
  }

  /** Sends what nobody asked for to whoever asked last. */
  shout(bytes: Uint8Array): Promise<void> {
    const to = this.#last
    return to === undefined ? Promise.resolve() : new Promise((resolve) => { this.#socket.send(bytes, to.port, to.address, () => resolve()) })
  }

  #receive(bytes: Buffer, from: RemoteInfo): void {
    this.#last = from
    const { faults } = this.#device.controller
    const kind = kindOf(bytes)
    if (!faults.arrives(kind)) return
    const reply = this.#answer(bytes)
    // A late reply may come when the test is over.
    if (reply !== undefined) faults.deliver(kind, () => { if (this.#isOpen) this.#socket.send(this.spoil(reply), from.port, from.address) })
  }

  #answer(bytes: Buffer): Buffer | undefined {
    const [version, community, pdu] = parse(parse(bytes)[0]!.body)
    if (version === undefined || community?.body.toString() !== this.#community || pdu === undefined) return undefined
    const isV1 = version.body[0] === 0
    const [request, , , list] = parse(pdu.body)
    const binds = parse(list!.body).map(({ body }) => parse(body))
    let [status, index] = [0, 0]
    const refuse = (code: number, i: number): void => { if (status === 0) [status, index] = [code, i + 1] }
    const values = binds.map(([oid, value], i) => {
      const id = oidOf(oid!.body)
      if (pdu.tag === SET) { this.#set(id, value!, i, (answer) => refuse(STATUS[answer][isV1 ? 0 : 1], i), status); return build(value!.tag, value!.body) }
      const found = pdu.tag === GET ? this.#device.get(id) : undefined
      if (found === undefined && isV1) refuse(NO_SUCH_NAME, i)
      return found === undefined ? Buffer.from(isV1 ? [5, 0] : [NO_SUCH_OBJECT, 0]) : encoded(found)
    })
    const answer = build(RESPONSE, build(2, request!.body), number(status), number(index), build(0x30, ...binds.map(([oid], i) => build(0x30, build(6, oid!.body), values[i]!))))
    return build(0x30, build(2, version.body), build(4, community.body), answer)
  }

  /** Items before the one that is refused stay written. */
  #set(id: string, { body }: Item, i: number, refuse: (answer: Exclude<SetAnswer, 'DONE'>) => void, status: number): void {
    if (status !== 0) return
    const isPartial = i === this.#device.controller.faults.partial_after && !COMMANDS.test(id)
    const answer = isPartial ? 'wrong-value' : this.#device.set(id, body.readIntBE(0, body.length))
    if (answer !== 'DONE') refuse(answer)
  }
}
