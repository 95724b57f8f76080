// An emulated controller that speaks the demo protocol. Written from the protocol's words in ../README.md, not from the adapter.
import { createServer, type Server, type Socket } from 'node:net'
import { isDeepStrictEqual } from 'node:util'
import type { LampTiming } from '../../../../model/device/device.ts'
import { type EmulatedController, Refusal } from '../../emulator/controller.ts'
import type { RequestKind } from '../../emulator/faults.ts'

interface Message {
  id: number
  op: string
  key?: string
  slot?: number
  lease_s?: number
  items?: [string, string][]
}

const KIND: Readonly<Record<string, RequestKind>> = { write: 'write', select: 'command', renew: 'command', release: 'command' }

export class DemoController {
  readonly device: EmulatedController
  readonly #key: string
  readonly #rows = new Map<number, Map<string, string>>()
  readonly #sockets = new Set<Socket>()
  readonly #server: Server
  /** What came in, by operation. */
  readonly asked: string[] = []

  constructor(device: EmulatedController, key: string) {
    this.device = device
    this.#key = key
    for (const slot of device.slots) this.#rows.set(slot, rowOf(device.timing(slot)))
    this.#server = createServer((socket) => this.#accept(socket))
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve) })
    const address = this.#server.address()
    return typeof address === 'object' && address !== null ? address.port : 0
  }

  /** Says something that nobody asked for. */
  shout(bytes: string | Uint8Array): void { for (const socket of this.#sockets) socket.write(bytes) }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => { this.#server.close(() => resolve()) })
  }

  #accept(socket: Socket): void {
    let text = ''
    let isKnown = false
    this.#sockets.add(socket)
    socket.setNoDelay(true).on('close', () => this.#sockets.delete(socket)).on('error', () => socket.destroy())
    socket.on('data', (bytes) => {
      const lines = (text + bytes.toString()).split('\n')
      text = lines.pop() ?? ''
      for (const line of lines) {
        const message = JSON.parse(line) as Message
        if (message.op === 'hello') isKnown = message.key === this.#key
        this.#serve(message, isKnown, socket)
      }
    })
  }

  #serve(message: Message, isKnown: boolean, socket: Socket): void {
    const { faults } = this.device
    const kind = KIND[message.op] ?? 'read'
    const restarts = this.device.restarts
    if (!faults.arrives(kind)) return
    // Whoever loses power answers nothing.
    if (this.device.restarts !== restarts) { socket.destroy(); return }
    this.asked.push(message.op)
    const answer = isKnown ? this.#answer(message) : { ok: false, error: 'wrong key' }
    const id = faults.no_sequence_echo ? 0 : message.id
    faults.deliver(kind, () => { if (!socket.destroyed) socket.write(`${JSON.stringify({ id, ...answer })}\n`) })
  }

  #answer(message: Message): Record<string, unknown> {
    try {
      return { ok: true, data: this.#do(message) }
    } catch (error) {
      if (error instanceof Refusal) return { ok: false, error: error.message, ...(error instanceof ItemRefusal ? { item: error.item } : {}) }
      throw error
    }
  }

  #do({ op, slot = -1, lease_s = 0, items = [] }: Message): Record<string, unknown> {
    const { device } = this
    switch (op) {
      case 'hello': return {}
      case 'read': return this.#read()
      case 'status': return { time_s: device.now(), mode: device.mode, lamps: device.lamps(), slot: device.told_slot }
      case 'write': this.#write(slot, items); return {}
      case 'select': device.select(slot, lease_s); return {}
      case 'renew': device.renew(lease_s); return {}
      case 'release': device.release(); return {}
      default: throw new Refusal('refused', `no operation "${op}"`)
    }
  }

  #read(): Record<string, unknown> {
    const rows = this.device.slots.map((slot) => ({ slot, used_by: this.device.usedBy(slot), values: Object.fromEntries(this.#row(slot)) }))
    return { groups: this.device.setup.groups, conflicts: this.device.setup.conflicts, rows, time_s: this.device.now() }
  }

  /** As it is stored; where somebody changed the plan on the spot, what that is in rows. */
  #row(slot: number): Map<string, string> {
    const [row, timing] = [this.#rows.get(slot) ?? new Map<string, string>(), this.device.timing(slot)]
    return timing === undefined || isDeepStrictEqual(this.#timingOf(row), timing) ? row : rowOf(timing)
  }

  #write(slot: number, items: [string, string][]): void {
    const { faults } = this.device
    const row = new Map(this.#row(slot))
    items.forEach(([name, value], i) => {
      if (faults.partial_after !== undefined && i >= faults.partial_after) {
        this.#keep(slot, row)
        throw new ItemRefusal(name, 'no more')
      }
      if (value === '') row.delete(name)
      else row.set(name, value)
    })
    this.#keep(slot, row)
  }

  #keep(slot: number, row: Map<string, string>): void {
    this.device.store(slot, this.#timingOf(row))
    if (!this.device.faults.ignores_writes) this.#rows.set(slot, row)
  }

  #timingOf(row: ReadonlyMap<string, string>): LampTiming | undefined {
    if (!row.has('cycle') || !row.has('offset')) return undefined
    return {
      cycle: Number(row.get('cycle')), offset: Number(row.get('offset')),
      groups: this.device.setup.groups.map(({ group, yellow, red_clearance }) => ({
        group, yellow, red_clearance, greens: (row.get(`greens ${group}`) ?? 'none').split(',').filter((window) => window !== 'none')
          .map((window): [number, number] => { const [start, end] = window.split('-'); return [Number(start), Number(end)] }),
      })),
    }
  }
}

class ItemRefusal extends Refusal {
  readonly item: string

  constructor(item: string, sentence: string) {
    super('refused', sentence)
    this.item = item
  }
}

function rowOf(timing: LampTiming | undefined): Map<string, string> {
  if (timing === undefined) return new Map()
  return new Map([['cycle', String(timing.cycle)], ['offset', String(timing.offset)], ...timing.groups.map(({ group, greens }): [string, string] => [`greens ${group}`, greens.map((edges) => edges.join('-')).join(',') || 'none'])])
}
