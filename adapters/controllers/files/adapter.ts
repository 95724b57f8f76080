// For controllers that nobody can reach: somebody types the timing in and puts a sheet of what the controller holds back. See README.md for the folder.
import { mkdir, readFile, rename, stat, writeFile } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import type { Baseline, Capabilities, DeviceGroup, DeviceMode, Difference, Identity, ItemResult, LampTiming, LiveSample, Observation, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { lampTimingOf } from '../../../model/device/lamp-timing.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { SignalGroup } from '../../../model/signal.ts'
import type { Instant } from '../../../model/units.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { imageHash, spareSlot, writeSet } from '../write-set.ts'
import { csvOf, MAX_SHEET_BYTES, pageOf, parseSheet, sameValue } from './sheet.ts'
import { findPattern, isWritable, itemsOf, slotsIn, valuesOf } from './timing.ts'
import { utdfOf } from './utdf.ts'

const BY_HAND = 'somebody types it in from the sheet, and puts a sheet of what the controller holds back'
const CAPABILITIES: Capabilities = {
  read_config: { can: 'approximate', because: 'it is what somebody wrote into controller.csv, with the network for what is missing there' },
  new_plans: { can: 'approximate', because: BY_HAND }, splits: { can: 'approximate', because: BY_HAND }, offset: { can: 'approximate', because: BY_HAND },
  cycle: { can: 'approximate', because: BY_HAND }, select_plan: { can: 'approximate', because: 'somebody chooses the plan at the controller' },
  schedule: { can: 'no', because: 'the sheet says nothing of schedules' }, lease: { can: 'no', because: 'what is typed in stays until somebody types it out' },
  lamps: { can: 'no', because: 'nothing here sees the lamps' },
}
const SHEET = 'controller.csv'
const MODES: readonly DeviceMode[] = ['coordinated', 'fixed', 'free', 'manual', 'preempted', 'flash', 'dark', 'all-red', 'fault', 'door-open']
/** Numbers of plans that a controller is taken to have where the sheet does not say. */
const MOST_PLANS = 16
/** Somebody looks after the controller, not a machine: more often is of no use. */
const LOOK_EVERY_S = 5
/** What is chosen at a controller begins at the end of a cycle: so long is looked whether it went back. */
const ROLLBACK_CYCLES = 2

export class FilesAdapter implements ControllerAdapter {
  readonly #device: string
  readonly #context: DriverContext
  readonly #folder: string

  constructor(device: string, context: DriverContext, folder: string) {
    this.#device = device
    this.#context = context
    this.#folder = folder
  }

  async identify(signal: AbortSignal): Promise<Identity> {
    const values = await this.#read(signal)
    const word = (name: string): string => values.get(name) ?? 'not told'
    return { vendor: word('vendor'), model: word('model'), firmware: word('firmware'), protocol: 'files', profile: 'sheet 1', capabilities: CAPABILITIES, ...this.#skew(values) }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const values = await this.#read(signal)
    // The mode and the clock change by themselves, and so does the choice of plan by the controller's own schedule.
    const image = Object.fromEntries([...values].filter(([id]) => !['mode', 'active plan', 'clock skew', 'checksum'].includes(id)).sort(([a], [b]) => (a < b ? -1 : 1)))
    const active = this.#number(values, 'active plan')
    const used = (values.get('plans in use') ?? '').split('+').map(Number)
    const most = this.#number(values, 'plans') ?? MOST_PLANS
    const numbers = [...new Set([...Array.from({ length: Math.min(Math.max(0, most), 999) }, (_, i) => i + 1), ...slotsIn(values)])].sort((a, b) => a - b)
    return {
      device: this.#device, read_at: this.#context.now(), image, hash: imageHash(image), mode: MODES.find((mode) => mode === values.get('mode')) ?? 'unknown',
      ...(active === undefined ? {} : { active_slot: active }), ...this.#skew(values),
      config: {
        groups: this.#context.signal.groups.map((group) => groupOf(group, values)), conflicts: this.#context.signal.conflicts,
        intergreens: (this.#context.signal.intergreens ?? []).map(({ from, to, seconds }) => ({ from, to, time: Math.round(seconds * 10) })),
        slots: numbers.map((slot) => {
          const timing = this.#timing(slot, values)
          return { slot, ...(timing === undefined ? {} : { timing }), used_by: slot === active ? ['it runs now'] : used.includes(slot) ? ['the sheet names it as in use'] : [] }
        }),
      },
    }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet {
    const slot = spareSlot(base.config)
    if (slot === undefined) throw new GreenwaveError('controller.unfit', `controller ${base.device} has no spare plan by its sheet`)
    lampTimingOf(want.signal, want.pattern)
    const items = itemsOf(slot, want.pattern).map(({ id, value, unit }): WriteItem => ({ id, name: id, old: base.image[id] ?? null, new: value, ...(unit === undefined ? {} : { unit }) }))
    const pattern = findPattern(want.signal.id, slot, valuesOf(items))
    if (pattern === undefined) throw new GreenwaveError('controller.unfit', `the timing of signal ${want.signal.id} does not come back from its sheet`)
    const frames = filesOf(base.device, slot, want, items).map(({ title, text }) => ({ title, hex: Buffer.from(text).toString('hex') }))
    return writeSet(base, want, { protocol: 'files', slot, items, frames, timing: lampTimingOf(want.signal, pattern), residual: [] })
  }

  check(_base: Baseline, { items, slot }: WriteSet): WriteFinding[] {
    return items.filter(({ id }) => !isWritable(id, slot)).map(({ id }) => ({ rule: 'never-written', weight: 'hard', device: this.#device, sentence: `controller ${this.#device}: "${id}" is not what a sheet for plan ${slot} asks for` }))
  }

  /** Level 1 says that the sheets lie there, not that anybody has seen them. */
  async push(writes: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    signal.throwIfAborted()
    for (const { title, hex } of writes.frames) await this.#write(folderOf(writes), title, Buffer.from(hex, 'hex'))
    return writes.items.map(({ id }) => ({ id, acknowledged: true }))
  }

  async verify({ items }: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    return differencesOf(items, await this.#read(signal))
  }

  async activate(writes: WriteSet, at: Instant, _lease: unknown, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted()
    await this.#write(folderOf(writes), 'run.csv', Buffer.from(csvOf([['item', 'value'], ['run plan', String(writes.slot)], ['from', new Date(at * 1000).toISOString()]])))
  }

  renew(): Promise<void> {
    return Promise.reject(new GreenwaveError('controller.refused', `controller ${this.#device}: nothing here ends control by itself, so nothing is renewed`))
  }

  /** Level 3 at most: the sheet says which plan runs, and nobody sees the lamps. */
  async observe(writes: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    const until_s = from_s + (cycles * writes.timing.cycle) / 10
    let values = await this.#read(signal)
    for (;;) {
      const [active, differences] = [this.#number(values, 'active plan'), differencesOf(writes.items, values)]
      const stored = differences.length === 0
      if (stored && active === writes.slot) return this.#seen(3, values, from_s, ['nothing here sees the lamps: somebody must look whether they follow'])
      if (signal.aborted || this.#context.now() >= until_s) {
        return this.#seen(stored ? 2 : 0, values, from_s, [stored ? `the sheet says that plan ${active ?? 'unknown'} runs, not ${writes.slot}` : `${differences.length} values of the sheet are not those of plan ${writes.slot}`])
      }
      await this.#context.wait(LOOK_EVERY_S, signal).catch((error: unknown) => { if (!signal.aborted) throw error })
      // Whoever ends the watch is told what was seen last.
      if (!signal.aborted) values = await this.#read(signal)
    }
  }

  /** Asks for the plan and the values of before; what has been done is what the sheet says. */
  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    signal.throwIfAborted()
    const from_s = this.#context.now()
    if (writes !== undefined) {
      const rows = writes.items.map(({ id, old }) => [id, old ?? '(empty)'])
      await this.#write(folderOf(writes), 'back.csv', Buffer.from(csvOf([['item', 'value'], ['run plan', String(base.active_slot ?? '')], ...rows])))
    }
    const until_s = from_s + (ROLLBACK_CYCLES * (writes?.timing.cycle ?? 0)) / 10
    for (;;) {
      const values = await this.#read(signal)
      const active = this.#number(values, 'active plan')
      if (active === base.active_slot && active !== undefined) return this.#seen(3, values, from_s, [])
      if (this.#context.now() >= until_s) return this.#seen(0, values, from_s, [`the sheet says that plan ${active ?? 'unknown'} runs; somebody must choose plan ${base.active_slot ?? 'unknown'} at the controller`])
      await this.#context.wait(LOOK_EVERY_S, signal)
    }
  }

  async *live(): AsyncIterable<LiveSample> {}

  close(): Promise<void> {
    return Promise.resolve()
  }

  /** Throws `controller.unreachable` where nobody has put a sheet there. */
  async #read(signal: AbortSignal): Promise<Map<string, string>> {
    signal.throwIfAborted()
    const path = join(this.#folder, SHEET)
    let bytes: Buffer
    try {
      if ((await stat(path)).size > MAX_SHEET_BYTES) throw new GreenwaveError('controller.malformed', `controller ${this.#device}: ${path} is longer than ${MAX_SHEET_BYTES} bytes`)
      bytes = await readFile(path)
    } catch (error) {
      if (error instanceof GreenwaveError) throw error
      throw new GreenwaveError('controller.unreachable', `controller ${this.#device}: there is no ${path}; somebody puts there what the controller holds`, undefined, error)
    }
    this.#context.wire({ time_s: this.#context.now(), device: this.#device, direction: 'received', hex: bytes.toString('hex'), note: SHEET })
    return parseSheet(bytes)
  }

  /** Whole or not at all. */
  async #write(folder: string, name: string, bytes: Buffer): Promise<void> {
    const path = join(this.#folder, folder, name)
    try {
      await mkdir(join(this.#folder, folder), { recursive: true })
      await writeFile(`${path}.part`, bytes)
      await rename(`${path}.part`, path)
    } catch (error) {
      throw new GreenwaveError('controller.unreachable', `controller ${this.#device}: ${path} can't be written (${(error as NodeJS.ErrnoException).code ?? String(error)})`, undefined, error)
    }
    this.#context.wire({ time_s: this.#context.now(), device: this.#device, direction: 'sent', hex: bytes.toString('hex'), note: `${folder}/${name}` })
  }

  #number(values: ReadonlyMap<string, string>, name: string): number | undefined {
    const text = values.get(name)
    return text === undefined || !/^-?\d+(\.\d+)?$/.test(text) ? undefined : Number(text)
  }

  #skew(values: ReadonlyMap<string, string>): { clock_skew_s?: number } {
    const skew = this.#number(values, 'clock skew')
    return skew === undefined ? {} : { clock_skew_s: skew }
  }

  /** A plan that somebody typed may be none: then it has no timing. */
  #timing(slot: number, values: ReadonlyMap<string, string>): LampTiming | undefined {
    const pattern = findPattern(this.#context.signal.id, slot, values)
    if (pattern === undefined) return undefined
    try {
      return lampTimingOf(this.#context.signal, pattern)
    } catch (error) {
      if (error instanceof GreenwaveError) return undefined
      throw error
    }
  }

  #seen(level: Observation['level'], values: ReadonlyMap<string, string>, from_s: Instant, sentences: string[]): Observation {
    const active = this.#number(values, 'active plan')
    return { level, mode: MODES.find((mode) => mode === values.get('mode')) ?? 'unknown', cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now(), ...(active === undefined ? {} : { active_slot: active }) }
  }
}

function differencesOf(items: readonly WriteItem[], values: ReadonlyMap<string, string>): Difference[] {
  return items.flatMap(({ id, name, new: expected }): Difference[] => {
    const found = values.get(id) ?? null
    return found !== null && sameValue(found, expected) ? [] : [{ id, name, expected, found }]
  })
}

/** A folder of its own for each write set, so that no sheet replaces another one that somebody is typing from. */
const folderOf = ({ hash }: WriteSet): string => `push-${hash.slice(0, 12)}`

function filesOf(device: string, slot: number, want: WantedTiming, items: readonly WriteItem[]): { title: string; text: string }[] {
  const rows = items.map(({ id, unit, old, new: value }) => [id, value, unit ?? '', old ?? ''])
  const checksum = imageHash(Object.fromEntries(valuesOf(items))).slice(0, 12)
  const facts: [string, string][] = [['controller', device], ['signal', want.signal.name ?? want.signal.id], ['plan number', String(slot)], ['timing', `${want.plan}${want.name === undefined ? '' : ` (${want.name})`}`], ['checksum', checksum]]
  const utdf = utdfOf(want.signal, want.pattern)
  return [
    { title: 'difference.csv', text: csvOf([['item', 'value', 'unit', 'before'], ...rows, ['checksum', checksum, '', '']]) },
    { title: 'sheet.html', text: pageOf(`Plan ${slot} of controller ${device}`, facts, ['item', 'value', 'unit', 'before'], rows) },
    ...(utdf === undefined ? [] : [{ title: 'utdf.csv', text: utdf }]),
  ]
}

function groupOf({ id, name, kind, min_green_s, yellow_s, red_clearance_s, walk_s, pedestrian_clearance_s }: SignalGroup, values: ReadonlyMap<string, string>): DeviceGroup {
  const tenths = (what: string, fallback: number): number => { const told = values.get(`group ${id} ${what}`); return Math.round(10 * (told !== undefined && /^\d+(\.\d)?$/.test(told) ? Number(told) : fallback)) }
  return {
    group: id, name: name ?? id, kind, min_green: tenths('minimum green', min_green_s), yellow: tenths('yellow', yellow_s), red_clearance: tenths('red clearance', red_clearance_s),
    ...(walk_s === undefined ? {} : { walk: tenths('walk', walk_s) }), ...(pedestrian_clearance_s === undefined ? {} : { pedestrian_clearance: tenths('pedestrian clearance', pedestrian_clearance_s) }),
  }
}

/** Settings: `folder`, where the sheets of this one controller lie. Throws `input.value`. */
function parseFolder({ id, settings }: DeviceRecord): string {
  const { folder } = settings
  if (typeof folder !== 'string' || !isAbsolute(folder)) throw new GreenwaveError('input.value', `controller ${id}: folder is ${JSON.stringify(folder) ?? 'missing'}; it must be an absolute path of a folder for this controller alone`)
  return folder
}

export const filesDriver: ControllerDriver = { protocol: 'files', open: (device, context) => new FilesAdapter(device.id, context, parseFolder(device)) }
