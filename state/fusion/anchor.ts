// How many vehicles a probe stands for, where radar counts some of them. Probes that passed under a radar stand for the vehicles
// that it counted there (weights that are calibrated to known totals: Deville and Särndal 1992); all others for as many as probes
// do under all radars in that hour of the day. So a radar tells most of the movements whose vehicles it sees before or after.
import type { Estimate } from '../../model/traffic-state.ts'
import type { Instant, Seconds } from '../../model/units.ts'
import { COUNT_ERROR, SLOT_S, type RadarMeasures } from '../radar/index.ts'
import type { Run } from '../runs/run.ts'
import type { AnchoredShare } from '../volume/index.ts'

export interface AnchorInput {
  /** Of movements at whose line probes have runs. */
  radar: readonly RadarMeasures[]
  /** Runs over a stop line, by the index of the movement. */
  runsOf(movement: number): readonly Pick<Run, 'vehicle' | 'crossing_s'>[]
  /** How many runs each of them stands for. */
  weight(movement: number): number
  /** Whether probes were heard of throughout a slot. */
  heard(slot: number): boolean
  /** Hour of the day. */
  hourOf(time_s: Instant): number
}

/** A vehicle that passes two lines farther apart in time is on another trip. */
const TRIP_S: Seconds = 1200
/** Fewer probes than this under all radars tell nothing; under one movement, nothing of its own. */
const LEAST_PROBES = 5
const LEAST_OWN = 10
/** By how much shares of probes differ between movements, at least, and where fewer than three are counted (standard deviation of the logarithm). */
const LEAST_SPREAD = 0.03
const USUAL_SPREAD = 0.1
/** A slot that radar saw less of than this is not compared with probes. */
const WHOLE_SLOT = 0.97
const Z = 1.645

interface Tally { probes: number; counted: number }

export class ProbeAnchor {
  readonly #input: AnchorInput
  /** By hour, all counted movements together. */
  readonly #hours = new Map<number, Tally & { share: number; variance: number }>()
  /** By counted movement: share of its own over that of the hours, and its probes. */
  readonly #own = new Map<number, { factor: number; probes: number }>()
  /** Passages under radars in counted slots, by vehicle. */
  readonly #passed = new Map<string, { movement: number; time_s: Instant }[]>()
  /** All over: share, its relative variance by chance, and that between movements. */
  #share = Number.NaN
  #chance = Infinity
  #spread = USUAL_SPREAD ** 2

  constructor(input: AnchorInput) {
    this.#input = input
    const tallies = this.#tally()
    const all = sumOf([...tallies.values()].flatMap((hours) => [...hours.values()]))
    if (all.probes < LEAST_PROBES || all.counted < all.probes) return
    this.#share = all.probes / all.counted
    this.#chance = (1 - this.#share) / all.probes
    this.#shareHours(tallies)
    this.#shareMovements(tallies)
  }

  /** Undefined where radar counted too few probes, or the movement has none. */
  shareOf(movement: number): AnchoredShare | undefined {
    const runs = this.#input.runsOf(movement)
    if (Number.isNaN(this.#share) || runs.length === 0) return undefined
    const groups = new Map<number, { probes: number; vehicles: number }>()
    let hourly = 0
    for (const { vehicle, crossing_s } of runs) {
      const hour = this.#hours.get(this.#input.hourOf(crossing_s))
      const radar = this.#passedBy(vehicle, crossing_s)
      const vehicles = 1 / ((hour?.share ?? this.#share) * (this.#own.get(radar)?.factor ?? 1))
      const group = groups.get(radar) ?? { probes: 0, vehicles: 0 }
      group.probes++
      group.vehicles += vehicles
      groups.set(radar, group)
      hourly += (hour?.variance ?? 0) * vehicles
    }
    const all = [...groups.values()].reduce((sum, { vehicles }) => sum + vehicles, 0)
    let [sampling, error] = [0, 0]
    for (const [radar, { probes, vehicles }] of groups) {
      const part = (vehicles / all) ** 2
      const own = this.#own.get(radar)
      sampling += (part * (1 - this.#share) * (own === undefined ? 1 : Math.max(0, 1 - (probes * this.#input.weight(movement)) / own.probes))) / (probes * this.#input.weight(movement))
      error += part * (own === undefined ? this.#chance + this.#spread + hourly / all : COUNT_ERROR ** 2)
    }
    return { value: Math.min(1, runs.length / all), error: Math.sqrt(error), sampling }
  }

  /** Share of probes by hour of the day, of all vehicles under radars, with 90 % intervals. */
  listHours(): { hour: number; penetration: Estimate }[] {
    return [...this.#hours].sort(([a], [b]) => a - b).map(([hour, { share, variance }]) => {
      const half = Z * Math.sqrt(variance + this.#chance + COUNT_ERROR ** 2)
      return { hour, penetration: { value: share, low: share * Math.exp(-half), high: Math.min(1, share * Math.exp(half)) } }
    })
  }

  #tally(): Map<number, Map<number, Tally>> {
    const { radar, runsOf, weight, heard, hourOf } = this.#input
    return new Map(radar.map(({ movement, slots }) => {
      const whole = new Map(slots.filter(({ slot, observed_s }) => observed_s >= WHOLE_SLOT * SLOT_S && heard(slot)).map(({ slot, count }) => [slot, count]))
      const hours = new Map<number, Tally>()
      const of = (time_s: Instant): Tally => {
        const hour = hourOf(time_s)
        let tally = hours.get(hour)
        if (tally === undefined) hours.set(hour, tally = { probes: 0, counted: 0 })
        return tally
      }
      for (const [slot, count] of whole) of((slot + 0.5) * SLOT_S).counted += count
      for (const { vehicle, crossing_s } of runsOf(movement)) {
        const slot = Math.floor(crossing_s / SLOT_S)
        if (!whole.has(slot)) continue
        of((slot + 0.5) * SLOT_S).probes += weight(movement)
        const passages = this.#passed.get(vehicle)
        if (passages === undefined) this.#passed.set(vehicle, [{ movement, time_s: crossing_s }])
        else passages.push({ movement, time_s: crossing_s })
      }
      return [movement, hours]
    }))
  }

  /** Hours differ by more than chance or they do not: each is drawn to all of them by that (Gamma prior, its spread by moments). */
  #shareHours(tallies: ReadonlyMap<number, ReadonlyMap<number, Tally>>): void {
    const byHour = new Map<number, Tally[]>()
    for (const hours of tallies.values()) for (const [hour, tally] of hours) byHour.set(hour, [...(byHour.get(hour) ?? []), tally])
    const sums = [...byHour].map(([hour, list]): [number, Tally] => [hour, sumOf(list)])
    const spread = spreadOf(sums.map(([, { probes, counted }]) => ({ probes, expected: this.#share * counted })), this.#share, 0)
    for (const [hour, { probes, counted }] of sums) {
      const prior = spread > 0 ? 1 / spread : Infinity
      const factor = Number.isFinite(prior) ? (probes + prior) / (this.#share * counted + prior) : 1
      this.#hours.set(hour, { probes, counted, share: Math.min(1, this.#share * factor), variance: Number.isFinite(prior) ? 1 / (this.#share * counted + prior) : 0 })
    }
  }

  #shareMovements(tallies: ReadonlyMap<number, ReadonlyMap<number, Tally>>): void {
    const rows = [...tallies].map(([movement, hours]) => ({
      movement, probes: sumOf([...hours.values()]).probes, expected: [...hours].reduce((sum, [hour, { counted }]) => sum + this.#hours.get(hour)!.share * counted, 0),
    })).filter(({ expected }) => expected > 0)
    if (rows.length >= 3) this.#spread = Math.max(LEAST_SPREAD ** 2, spreadOf(rows, this.#share, COUNT_ERROR))
    this.#chance += this.#spread / Math.max(1, rows.length)
    for (const { movement, probes, expected } of rows) {
      if (expected < LEAST_OWN || probes < LEAST_OWN) continue
      const variance = (1 - this.#share) / expected + this.#spread
      this.#own.set(movement, { factor: (probes / expected) ** (variance / (variance + COUNT_ERROR ** 2)), probes })
    }
  }

  /** The counted movement that a vehicle passed on this trip, the nearest in time; -1 for none that tells something of its own. */
  #passedBy(vehicle: string, time_s: Instant): number {
    let best = -1
    let least = TRIP_S
    for (const { movement, time_s: at } of this.#passed.get(vehicle) ?? []) {
      if (Math.abs(at - time_s) >= least || !this.#own.has(movement)) continue
      least = Math.abs(at - time_s)
      best = movement
    }
    return best
  }
}

function sumOf(list: readonly Tally[]): Tally {
  return { probes: list.reduce((sum, { probes }) => sum + probes, 0), counted: list.reduce((sum, { counted }) => sum + counted, 0) }
}

/** Variance of the logarithm of shares beyond chance and an error of counting, by moments. */
function spreadOf(rows: readonly { probes: number; expected: number }[], share: number, counting: number): number {
  if (rows.length < 2) return 0
  let [excess, square] = [0, 0]
  for (const { probes, expected } of rows) {
    excess += (probes - expected) ** 2 - expected * (1 - share) - (counting * expected) ** 2
    square += expected ** 2
  }
  return Math.max(0, excess / square)
}
