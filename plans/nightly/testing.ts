// For tests: a town whose days are made up, planned and simulated by stand-ins that are told what to say.
import { GreenwaveError } from '../../model/errors.ts'
import { formatDay, LocalTime, parseDay } from '../../model/local-time.ts'
import { runningPatterns } from '../../model/schedule.ts'
import type { Scenario } from '../../model/scenario.ts'
import type { Estimate, MovementState, TrafficState } from '../../model/traffic-state.ts'
import type { Store } from '../ports/store.ts'
import { memoryStore } from '../testing/memory-store.ts'
import { feedOf, healthOf, personOf, stateOf } from '../testing/records.ts'
import { evaluationOf, runningDocument } from '../workflow/testing.ts'
import { PlanWorkflow } from '../workflow/workflow.ts'
import type { NightOptions } from './options.ts'

const NONE: Estimate = { value: null, low: null, high: null }
const known = (value: number): Estimate => ({ value, low: 0.9 * value, high: 1.1 * value })

export interface MadeUpDay {
  /** Stops and delay of the movements at these signals, times this. */
  worse?: { signals: readonly string[]; factor: number }
  /** Vehicles seen of all, and hours in which anybody was. */
  penetration?: number
  hours?: readonly [from: number, until: number]
  feed?: string
}

/** Each measured by itself; an hour would be usual, and slow to test with. */
const SPAN_H = 8

/** veh/h in the hour of that number; over the whole day where it is undefined. */
type VolumeAt = (movement: string, hour: number | undefined) => number

interface Measured {
  hours: readonly [from: number, until: number]
  span_h: number
  penetration: number
  feed: string
  factorOf: (signal: string | undefined) => number
}

/** A day's state with these volumes at the corridors' signals, hour by hour. */
export function measuredState({ network, scenario }: Scenario, day: string, volumeAt: VolumeAt, given: Partial<Measured> = {}): TrafficState {
  const { hours: [from, until], span_h, penetration, feed, factorOf } = { hours: [0, 24] as const, span_h: 1, penetration: 0.2, feed: 'taxis', factorOf: () => 1, ...given }
  const signals = new Set(scenario.corridors.flatMap(({ intersections }) => intersections))
  const own = network.movements.filter(({ signal }) => signal !== undefined && signals.has(signal))
  const row = ({ id, from: from_link, to: to_link, turn, signal }: (typeof own)[number], at: number | undefined): MovementState => {
    const volume = volumeAt(id, at)
    const factor = factorOf(signal)
    return {
      movement: id, from: from_link, to: to_link, from_link, to_link, turn, ...(signal === undefined ? {} : { signal }),
      volume_vph: known(volume), control_delay_s: known(30 * factor), stopped_delay_s: NONE, stops: known(0.6 * factor), second_stop_share: NONE, arrival_on_green: NONE, platoon_ratio: null,
      queue_max_m: NONE, queue_p95_m: NONE, split_failure_share: NONE, blocked_share: NONE, penetration: known(penetration), saturation_flow_vphpl: NONE, level_of_service: 'C',
      probes: Math.round(volume * penetration * (at === undefined ? until - from : span_h)), days: 1, counted: 0, grade: 'D', method: 'probes', age_s: 60,
    }
  }
  const starts = Array.from({ length: Math.ceil((until - from) / span_h) }, (_, i) => from + i * span_h)
  return stateOf({
    days: [day], movements: own.map((movement) => row(movement, undefined)), feeds: [healthOf(1000, { source: feed })], coverage: 1,
    periods: starts.map((hour) => ({ period: String(hour), start_s: hour * 3600, end_s: Math.min(until, hour + span_h) * 3600, movements: own.map((movement) => row(movement, hour)), daily: [], links: [] })),
  })
}

/** A day on which every movement at a corridor's signals had the volume of the morning or the afternoon. */
export function madeUpDay(scenario: Scenario, day: string, { worse, penetration = 0.2, hours = [6, 22], feed = 'taxis' }: MadeUpDay = {}): TrafficState {
  const wave = 1 + 0.02 * Math.sin(parseDay(day)!)
  const through = new Set(scenario.network.movements.filter(({ turn }) => turn === 'through').map(({ id }) => id))
  return measuredState(scenario, day, (movement, hour) => (through.has(movement) ? 300 : 60) * (hour === undefined ? 1 : hour < 12 ? 1.4 : 0.8), {
    hours, span_h: SPAN_H, penetration, feed, factorOf: (signal) => (worse !== undefined && worse.signals.includes(signal ?? '') ? worse.factor : 1) * wave,
  })
}

export interface NightTown {
  store: Store
  options: NightOptions
  at: { now: number }
  /** What plans and simulations will say. */
  says: { offset_s: number; gain: number; interval: number; choice_gain: number; day_gain: number; planned: number; simulated: number }
  /** Sets the clock to half past one of that morning. */
  morning(day: string): void
}

export const NETWORK = 'town'

/** Without hold-outs, every period looked into every night, and with the periods morning and rest. Days up to the one before `morning` are measured. */
export async function nightTown(scenario: Scenario, { morning, days = 10, wrap = (store) => store }: { morning: string; days?: number; wrap?: (store: Store) => Store }): Promise<NightTown> {
  const at = { now: 0 }
  const clock = { now: () => at.now }
  const local = new LocalTime(scenario.scenario.time_zone)
  const setMorning = (day: string): void => { at.now = local.instant(parseDay(day)!, 5400) }
  setMorning(morning)
  const plain = memoryStore(clock)
  await plain.networks.put(NETWORK, scenario, 'engineer', 0)
  await plain.feeds.put(feedOf('taxis', NETWORK), 0)
  for (const role of ['administrator', 'approver', 'engineer'] as const) await plain.people.put(personOf(role, { role }), 0)
  for (let back = 1; back <= days; back++) {
    const day = formatDay(parseDay(morning)! - back)
    await plain.states.putDay(NETWORK, day, madeUpDay(scenario, day))
  }
  const store = wrap(plain)
  const says: NightTown['says'] = { offset_s: 4, gain: 0.1, interval: 0.02, choice_gain: 0.1, day_gain: 0.1, planned: 0, simulated: 0 }
  const workflow = new PlanWorkflow({
    store, clock,
    simulate: async ({ runs: most, seed, until_decided }) => {
      says.simulated++
      const runs = until_decided?.least_seeds ?? most
      const mean = -40 * says.gain
      const verdict = says.gain > says.interval ? 'better' as const : 'undecided' as const
      const difference = { measure: 'delay_s', before: 40, after: 40 + mean, difference: { mean, ci95: 40 * says.interval }, percent: -100 * says.gain, verdict }
      return { evaluation: { before: evaluationOf(0, runs), after: evaluationOf(0, runs), differences: [difference], runs, seed }, losers: [] }
    },
  })
  const options: NightOptions = {
    store, workflow, clock, version: '0', threads: 0, periods: { most: 2, change_cost_vh: 0.1 }, rules: { held_out_share: 0, unchanged: { most_geh: 1, most_days: 0 } },
    plan: async ({ scenario: street, period }) => {
      says.planned++
      const own = street.scenario.periods[0]!
      const patterns = runningPatterns(street.timing, own.start_s)
      const document = runningDocument({ ...street, timing: { ...street.timing, plans: [{ id: 'now', patterns: [...patterns.values()] }] } }, 0)
      // The second signal of the corridor moves against the others.
      const intersections = document.intersections.map((one, i) => (i === 1 ? { ...one, offset_s: (one.offset_s + says.offset_s) % one.cycle_s } : one))
      return { plan: { ...document, intersections, period: period! }, choice: { running_s: 40, chosen_s: 40 * (1 - says.choice_gain) } }
    },
    compareDay: async () => ({ before_s: 40, after_s: 40 * (1 - says.day_gain) }),
  }
  return { store: plain, options, at, says, morning: setMorning }
}


/** A store whose call number `at` fails, once; calls within transactions count. */
export function cutOff(at: number): { wrap: (store: Store) => Store; count: () => number } {
  let calls = 0
  const call = (): void => {
    if (++calls === at) throw new GreenwaveError('store.unreachable', 'cut off')
  }
  const watched = <T extends object>(part: T): T => new Proxy(part, {
    get: (target, name) => {
      const value: unknown = Reflect.get(target, name)
      if (name === 'tx') return (work: (stores: Store) => Promise<unknown>) => (target as unknown as Store).tx((stores) => work(watched(stores as Store)))
      if (typeof value === 'object' && value !== null) return watched(value)
      if (typeof value !== 'function') return value
      return (...given: unknown[]) => {
        call()
        return Reflect.apply(value, target, given) as unknown
      }
    },
  })
  return { wrap: (store) => watched(store), count: () => calls }
}
