// Traffic light controllers over RSMP 3.x: bands, cycle and offset of a plan that was engineered for us, run by command, watched by its lamps.
import type { Baseline, ControlLease, DeviceGroup, DeviceSlot, Difference, Identity, ItemResult, LiveSample, Observation, WantedTiming, WriteFinding, WriteItem, WriteSet } from '../../../model/device/device.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Instant } from '../../../model/units.ts'
import { hashOf } from '../../../plans/ports/canonical.ts'
import type { ControllerAdapter, ControllerDriver, DeviceRecord, DriverContext } from '../../../plans/ports/controllers.ts'
import { watchLamps } from '../watch.ts'
import { imageHash } from '../write-set.ts'
import type { StatusName } from './codec.ts'
import { bandsOf, BLOCKING, lampOf, modeOf, type PlanValues, readSettings, type Settings, timingOfProgram } from './config.ts'
import { siteOf } from './listener.ts'
import { checkWrites, commandOf, imageId, planWrites } from './plan.ts'
import type { Counters, RsmpSite } from './session.ts'
import { askStatuses, Commander, names, type Statuses, subscribe, valuesOf } from './status.ts'

const yes = { can: 'yes' } as const

/** Without these nothing is known of a plan. */
const TABLES = [names('S0022', 'status'), names('S0023', 'status'), names('S0024', 'status'), names('S0028', 'status'), names('S0034', 'status')] as const
/** A controller may lack them. */
const MORE_TABLES = [names('S0026', 'status'), names('S0027', 'status'), names('S0097', 'checksum')] as const
/** What it does now. */
const NOW = [
  names('S0001', 'signalgroupstatus', 'cyclecounter', 'basecyclecounter'), names('S0014', 'status'), names('S0020', 'controlmode', 'intersection'), names('S0007', 'status', 'intersection'), names('S0008', 'status', 'intersection'),
  names('S0010', 'status', 'intersection'), names('S0011', 'status', 'intersection'), names('S0012', 'status', 'intersection'), names('S0032', 'status', 'intersection'),
] as const

class RsmpAdapter implements ControllerAdapter {
  readonly #device: DeviceRecord
  readonly #context: DriverContext
  readonly #settings: Settings
  readonly #unheard: Counters = { malformed: 0, unexpected: 0 }
  #attended: { site: RsmpSite; commands: Commander; leave: () => void } | undefined
  /** Those of `NOW` that this controller has. */
  #now: StatusName[] | undefined
  #form: Settings['boolean_form']

  constructor(device: DeviceRecord, context: DriverContext) {
    this.#device = device
    this.#context = context
    this.#settings = readSettings(device)
    this.#form = this.#settings.boolean_form
  }

  get counters(): Counters { return this.#attended?.site.counters ?? this.#unheard }

  /** Listens from the first call on. */
  #attend(): { site: RsmpSite; commands: Commander } {
    if (this.#attended !== undefined) return this.#attended
    const site = siteOf(this.#settings, this.#context.secret)
    const leave = site.join({ device: this.#device.id, context: this.#context })
    this.#attended = { site, leave, commands: new Commander(site, this.#settings, () => this.#context.secret(this.#settings.code)) }
    return this.#attended
  }

  async identify(signal: AbortSignal): Promise<Identity> {
    const told = await this.#optional(names('S0095', 'status'), signal)
    const { time_s } = await this.#statuses(names('S0014', 'status'), signal)
    const engineered = { can: 'approximate', because: 'by whole seconds and the dynamic bands of plans that were engineered for it' } as const
    return {
      vendor: 'unknown', model: 'RSMP traffic light controller', firmware: told?.get('S0095 status') ?? 'unknown', protocol: 'rsmp', profile: `core ${this.#attend().site.version}, SXL ${this.#settings.sxl}`,
      clock_skew_s: time_s - this.#context.now(),
      capabilities: {
        read_config: { can: 'approximate', because: 'greens and clearances are not told: they are typed from its configuration' },
        new_plans: { can: 'no', because: 'RSMP carries no green times' }, splits: engineered, offset: yes, cycle: yes, select_plan: yes,
        schedule: { can: 'no', because: 'week and time tables are left as they are' },
        lease: { can: 'approximate', because: `the controller ends our control ${this.#settings.timeout_min} min after it last heard of us, not when a lease runs out` },
        lamps: yes,
      },
    }
  }

  async readConfig(signal: AbortSignal): Promise<Baseline> {
    const tables = new Map<string, string>()
    for (const wanted of TABLES) for (const [name, value] of (await this.#statuses(wanted, signal)).values) tables.set(name, value)
    for (const wanted of MORE_TABLES) for (const [name, value] of await this.#optional(wanted, signal) ?? []) tables.set(name, value)
    const { time_s, sample } = await this.#look(signal)
    const read_at = this.#context.now()
    const image = imageOf(tables, this.#settings)
    const { mode, active_slot } = sample
    return {
      device: this.#device.id, read_at, hash: imageHash(image), image, mode, clock_skew_s: time_s - read_at, ...(active_slot === undefined ? {} : { active_slot }),
      config: {
        groups: this.#settings.groups.map(deviceGroupOf), conflicts: this.#settings.conflicts, intergreens: this.#settings.intergreens,
        slots: plansOf(image).map((plan) => this.#slot(plan, image, active_slot)),
      },
    }
  }

  #slot(plan: number, image: Baseline['image'], active: number | undefined): DeviceSlot {
    const program = this.#settings.programs.find((one) => one.plan === plan)
    const timing = program === undefined ? undefined : timingOfProgram(this.#settings, program, storedIn(image, plan))
    const tables = (image.S0027 ?? '').split(',').filter((entry) => entry.split('-')[1] === String(plan)).map((entry) => `time table ${entry.split('-')[0] ?? ''}`)
    return { slot: plan, used_by: [...(active === plan ? ['runs now'] : []), ...new Set(tables), ...(program?.spare === true ? [] : ['not engineered for us'])], ...(timing === undefined ? {} : { timing }) }
  }

  plan(base: Baseline, want: WantedTiming): WriteSet { return planWrites(this.#settings, base, want) }

  check(base: Baseline, writes: WriteSet): WriteFinding[] { return checkWrites(this.#settings, (this.#context.secret(this.#settings.code) ?? '') !== '', base, writes) }

  async push({ items }: WriteSet, signal: AbortSignal): Promise<ItemResult[]> {
    const results: ItemResult[] = []
    for (const item of items) {
      try {
        await this.#give(item, signal)
        results.push({ id: item.id, acknowledged: true })
      } catch (error) {
        if (!(error instanceof GreenwaveError) || error.code !== 'controller.refused') throw error
        return [...results, { id: item.id, acknowledged: false, sentence: error.message }]
      }
    }
    return results
  }

  #give(item: Pick<WriteItem, 'id' | 'new'>, signal: AbortSignal): Promise<void> {
    const { code, values } = commandOf(item)
    return this.#attend().commands.give(code, values, signal)
  }

  /** A CommandResponse proves nothing: the tables are read again. */
  async verify({ items }: WriteSet, signal: AbortSignal): Promise<Difference[]> {
    const tables = new Map<string, string>()
    for (const wanted of TABLES) for (const [name, value] of (await this.#statuses(wanted, signal)).values) tables.set(name, value)
    const image = imageOf(tables, this.#settings)
    return items.filter(({ id, new: value }) => image[imageId(id)] !== value).map(({ id, name, new: expected }) => ({ id, name, expected, found: image[imageId(id)] ?? null }))
  }

  async activate({ slot }: WriteSet, at: Instant, _: ControlLease | undefined, signal: AbortSignal): Promise<void> {
    // The controller changes at the cycle end after the command: the command itself waits for the instant.
    await this.#context.wait(Math.max(0, at - this.#context.now()), signal)
    await this.#attend().commands.give('M0002', { status: 'True', timeplan: String(slot) }, signal)
  }

  /** Whatever the controller's timeout counts from, it begins anew. */
  async renew({ items }: WriteSet, _: ControlLease, signal: AbortSignal): Promise<void> {
    const timeout = items.find(({ id }) => id === 'M0023')
    if (timeout !== undefined) await this.#give(timeout, signal)
  }

  async observe({ slot, timing }: WriteSet, cycles: number, signal: AbortSignal): Promise<Observation> {
    const sample = async (aborted: AbortSignal): Promise<LiveSample> => (await this.#look(aborted)).sample
    // Some stop telling their plan once one is forced: then only the lamps tell.
    const isTold = (await sample(signal)).active_slot !== undefined
    const seen = await watchLamps({ slot: isTold ? slot : undefined, timing, cycles, sample }, this.#context, signal)
    return isTold ? seen : { ...seen, sentences: [...seen.sentences, 'the controller does not tell which plan it runs: level 3 is unknown'] }
  }

  async rollback(base: Baseline, writes: WriteSet | undefined, signal: AbortSignal): Promise<Observation> {
    const from_s = this.#context.now()
    await this.#attend().commands.give('M0002', { status: 'False', timeplan: String(base.active_slot ?? writes?.slot ?? 1) }, signal)
    let { sample } = await this.#look(signal)
    if (writes !== undefined) {
      // Its plan can be put back once the controller has left it, which is at a cycle end.
      const until = from_s + 3 * (writes.timing.cycle / 10)
      while (sample.active_slot === writes.slot && base.active_slot !== writes.slot && this.#context.now() < until) {
        await this.#context.wait(1, signal)
        sample = (await this.#look(signal)).sample
      }
    }
    let after = await this.readConfig(signal)
    const differingIn = ({ image }: Baseline): WriteItem[] => (writes?.items ?? []).filter(({ id, old }) => (image[imageId(id)] ?? null) !== old)
    const differing = differingIn(after)
    for (const { id, old } of differing) if (old !== null) await this.#give({ id, new: old }, signal)
    if (differing.length > 0) after = await this.readConfig(signal)
    const sentences = differingIn(after).map(({ id, name, old }) => `${name} is ${after.image[imageId(id)] ?? 'nothing'}, not ${old ?? 'nothing'} as before`)
    if (writes !== undefined && after.active_slot === writes.slot && base.active_slot !== writes.slot) sentences.push(`plan ${writes.slot} still runs`)
    const level = sentences.length > 0 ? 1 : after.active_slot === base.active_slot ? 3 : 2
    return { level, mode: after.mode, ...(after.active_slot === undefined ? {} : { active_slot: after.active_slot }), cycles: 0, greens: [], sentences, from_s, until_s: this.#context.now() }
  }

  /** By subscription: the site tells each change and each second. */
  async* live(signal: AbortSignal): AsyncGenerator<LiveSample> {
    const { site } = this.#attend()
    const values = (await this.#looked(signal)).values
    const samples: LiveSample[] = []
    let [isLost, wake] = [false, (): void => undefined]
    const unwatch = site.watch((update) => {
      if (update === undefined) isLost = true
      else if (update.cId === '' || update.cId === this.#settings.component) {
        for (const [name, value] of valuesOf(update.sS)) values.set(name, value)
        samples.push(this.#sampleOf(values))
      }
      wake()
    })
    const stop = (): void => wake()
    signal.addEventListener('abort', stop)
    try {
      this.#form = await subscribe(site, this.#settings, this.#now ?? [], this.#form, signal)
      while (!signal.aborted) {
        const next = samples.shift()
        if (next !== undefined) { yield next; continue }
        if (isLost) throw new GreenwaveError('controller.unreachable', `site ${this.#settings.site}: the connection was closed`)
        await new Promise<void>((resolve) => { wake = resolve })
      }
    } finally {
      signal.removeEventListener('abort', stop)
      if (!isLost) await site.ask({ type: 'StatusUnsubscribe', fields: { cId: this.#settings.component, sS: this.#now ?? [] }, note: 'end of subscription' }, AbortSignal.timeout(this.#settings.answer_ms)).catch(() => undefined)
      unwatch()
    }
  }

  async close(): Promise<void> {
    this.#attended?.leave()
    this.#attended = undefined
  }

  #statuses(wanted: readonly StatusName[], signal: AbortSignal): Promise<Statuses> { return askStatuses(this.#attend().site, this.#settings.component, wanted, signal) }

  /** Undefined where the controller has no such status. */
  async #optional(wanted: readonly StatusName[], signal: AbortSignal): Promise<Statuses['values'] | undefined> {
    try {
      return (await this.#statuses(wanted, signal)).values
    } catch (error) {
      if (error instanceof GreenwaveError && error.code === 'controller.refused') return undefined
      throw error
    }
  }

  /** All that it tells of now, in one request; the first time status by status, to learn which of them it has. */
  async #looked(signal: AbortSignal): Promise<Statuses> {
    if (this.#now === undefined) {
      const known: StatusName[] = []
      for (const wanted of NOW) if (await this.#optional(wanted, signal) !== undefined) known.push(...wanted)
      this.#now = known
    }
    return this.#statuses(this.#now, signal)
  }

  async #look(signal: AbortSignal): Promise<{ sample: LiveSample; time_s: Instant }> {
    const { values, time_s } = await this.#looked(signal)
    return { sample: this.#sampleOf(values), time_s }
  }

  #sampleOf(values: ReadonlyMap<string, string>): LiveSample {
    const { site } = this.#attend()
    const { groups, intersection } = this.#settings
    const isBlocked = [...site.alarms.values()].some(({ code }) => BLOCKING.some((one) => one === code))
    const [plan, counter, lamps] = [values.get('S0014 status'), values.get('S0001 cyclecounter'), values.get('S0001 signalgroupstatus') ?? '']
    return {
      time_s: this.#context.now(), mode: isBlocked ? 'fault' : modeOf(values, site.aggregated, intersection),
      lamps: groups.map(({ group, no }) => ({ group, lamp: lampOf(lamps[no - 1]) })),
      ...(plan !== undefined && /^\d{1,3}$/.test(plan) ? { active_slot: Number(plan) } : {}), ...(counter !== undefined && /^\d{1,3}$/.test(counter) ? { cycle_position_s: Number(counter) } : {}),
    }
  }
}

function deviceGroupOf({ no: place, ...group }: Settings['groups'][number]): DeviceGroup {
  return { ...group, name: `${group.name} (${place})` }
}

/** Everything that was read, table entries of plans one by one; what is typed counts as read. */
function imageOf(tables: ReadonlyMap<string, string>, { groups, conflicts, intergreens, programs, base_counter_zero_s }: Settings): Record<string, string> {
  const image: Record<string, string> = { settings: hashOf({ groups, conflicts, intergreens, programs, base_counter_zero_s: base_counter_zero_s ?? null }) }
  const bands = new Map<string, string[]>()
  for (const [name, value] of tables) {
    const code = name.split(' ')[0] as string
    if (code === 'S0024' || code === 'S0028') {
      for (const [plan, told] of value.split(',').map((entry) => entry.split('-'))) if (plan !== undefined && told !== undefined) image[`${code} ${Number(plan)}`] = String(Number(told))
    } else if (code === 'S0023') {
      for (const entry of value === '' ? [] : value.split(',')) {
        const [plan, ...band] = entry.split('-').map(Number)
        bands.set(`S0023 ${plan}`, [...(bands.get(`S0023 ${plan}`) ?? []), band.join('-')])
      }
    } else image[code] = value
  }
  for (const [name, list] of bands) image[name] = [...bandsOf(list.join(',')) ?? []].sort(([a], [b]) => a - b).map((pair) => pair.join('-')).join(',')
  return image
}

const plansOf = (image: Baseline['image']): number[] => (image.S0022 ?? '').split(',').filter((plan) => /^\d{1,3}$/.test(plan)).map(Number)
const storedIn = (image: Baseline['image'], plan: number): PlanValues => ({ bands: image[`S0023 ${plan}`], offset: image[`S0024 ${plan}`], cycle: image[`S0028 ${plan}`] })

export const rsmpDriver: ControllerDriver = { protocol: 'rsmp', open: (device, context) => new RsmpAdapter(device, context) }
