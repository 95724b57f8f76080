// Somebody at a controller with a sheet: types in what a sheet of greenwave asks for, chooses the plan when it is time, and writes down what the controller
// holds and shows. Reads and writes sheets by itself: it imports nothing of the adapter.
import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LampTiming } from '../../../../model/device/device.ts'
import { lampTimingOf } from '../../../../model/device/lamp-timing.ts'
import type { RingPattern, Signal } from '../../../../model/signal.ts'
import type { EmulatedController } from '../../emulator/controller.ts'

/** Rows of a sheet without quotes: item and value. */
const rowsOf = (path: string): Map<string, string> => new Map(readFileSync(path, 'utf8').split('\r\n').slice(1).filter((line) => line !== '').map((line) => line.split(',').slice(0, 2) as [string, string]))

/** What a plan of rings is as it stands on paper. */
function patternOf(signal: Signal, slot: number, rows: ReadonlyMap<string, string>): RingPattern {
  const value = (name: string): string => rows.get(`plan ${slot} ${name}`) ?? ''
  return {
    kind: 'rings', signal: signal.id, cycle_s: Number(value('cycle')), offset_s: Number(value('offset')), offset_reference: value('offset reference') as RingPattern['offset_reference'],
    coordinated: value('coordinated').split('+'),
    barriers: value('sequence').split('|').map((barrier) => ({ rings: barrier.split('/').map((ring) => ring.split('+').map((phase) => ({ phase, split_s: Number(value(`split ${phase}`)) }))) })),
  }
}

export class SheetClerk {
  readonly #device: EmulatedController
  readonly #signal: Signal
  readonly #folder: string
  readonly #own: number
  /** What was typed into each slot, in the words of the sheet, and what became of it. */
  readonly #typed = new Map<number, { rows: Map<string, string>; timing: LampTiming }>()
  #orders: { slot: number; from_s: number } | undefined

  /** `device` runs its own plan, which `rows` say in the words of a sheet. */
  constructor(device: EmulatedController, signal: Signal, folder: string, rows: ReadonlyMap<string, string>) {
    this.#device = device
    this.#signal = signal
    this.#folder = folder
    this.#own = device.cycle()?.slot as number
    this.#typed.set(this.#own, { rows: new Map(rows), timing: device.timing(this.#own) as LampTiming })
  }

  /** Somebody brings a sheet: its path in the folder. */
  bring(path: string): void {
    if (path.endsWith('/difference.csv')) this.#typeIn(rowsOf(join(this.#folder, path)))
    if (path.endsWith('/run.csv')) {
      const rows = rowsOf(join(this.#folder, path))
      this.#orders = { slot: Number(rows.get('run plan')), from_s: Date.parse(rows.get('from') ?? '') / 1000 }
    }
    if (path.endsWith('/back.csv')) this.#putBack(rowsOf(join(this.#folder, path)))
    this.look()
  }

  /** Does what it is time for, and writes down what the controller holds. */
  look(): void {
    if (this.#orders !== undefined && this.#device.now() >= this.#orders.from_s) {
      this.#device.select(this.#orders.slot)
      this.#orders = undefined
    }
    const rows: [string, string][] = [['item', 'value'], ['mode', 'coordinated'], ['active plan', String(this.#device.told_slot ?? '')], ['plans', String(this.#device.slots.length)], ['clock skew', '0']]
    for (const slot of this.#device.slots) {
      const [typed, timing] = [this.#typed.get(slot), this.#device.timing(slot)]
      if (typed !== undefined && typed.timing === timing) rows.push(...typed.rows)
      // Somebody else's: what the display shows of it.
      else if (timing !== undefined) rows.push([`plan ${slot} cycle`, String(timing.cycle / 10)], [`plan ${slot} offset`, String(timing.offset / 10)])
    }
    const path = join(this.#folder, 'controller.csv')
    writeFileSync(`${path}.part`, rows.map((row) => `${row.join(',')}\r\n`).join(''))
    renameSync(`${path}.part`, path)
  }

  #typeIn(rows: Map<string, string>): void {
    rows.delete('checksum')
    const slot = Number(/^plan (\d+) /.exec([...rows.keys()][0] ?? '')?.[1])
    const pattern = patternOf(this.#signal, slot, rows)
    this.#device.store(slot, lampTimingOf(this.#signal, pattern))
    const timing = this.#device.timing(slot)
    if (timing !== undefined) this.#typed.set(slot, { rows, timing })
  }

  #putBack(rows: ReadonlyMap<string, string>): void {
    this.#orders = undefined
    if (Number(rows.get('run plan')) === this.#own) this.#device.release()
    const slot = Number(/^plan (\d+) /.exec([...rows.keys()].find((id) => id.startsWith('plan ')) ?? '')?.[1])
    if (rows.get(`plan ${slot} form`) === '(empty)') this.#device.store(slot, undefined, 'cabinet')
  }
}
