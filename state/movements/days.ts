// One day of a movement. A day alone is thin: its figure is drawn to the movement's mean over comparable days, moved by what the
// whole network did on that day, as far as days are alike (empirical Bayes over all movements and days).
import type { Estimate } from '../../model/traffic-state.ts'
import type { LocalTime } from '../../model/local-time.ts'
import { spreadOf } from './ensemble.ts'
import { FREEDOM_WORTH, shareInterval, SPREAD_WORTH, skewedLimits, sumsOf, t90, UNKNOWN, type Sums } from './intervals.ts'
import type { DaySample } from './sample.ts'

/** One movement on one day, seconds and shares. */
export interface DayMeasures {
  movement: number
  /** Number since 1970-01-01, local. */
  day: number
  control_delay_s: Estimate
  /** Mean over this day's probes alone, drawn to nothing. */
  day_delay_s: number
  arrival_on_green: Estimate
  probes: number
}

interface Cell {
  /** Of the movement in the list. */
  of: number
  day: number
  mean: number
  n: number
  variance: number
  skewness: number
}

/** Standard errors that a day is drawn at most, so that an incident stays visible. */
const FARTHEST = 1

/** `samples`: of comparable days and one period each, by movement and day (`samplesByDay`). `shares`: seen of all vehicles. */
export function measureDays(samples: readonly DaySample[], local: LocalTime, penetration?: (movement: number) => number | undefined): DayMeasures[] {
  const used = samples.filter(({ probes }) => probes > 0)
  const days = used.map(({ newest_s }) => local.day(newest_s))
  const order = [...new Set(used.map(({ movement }) => movement))]
  const of = used.map(({ movement }) => order.indexOf(movement))
  const share = used.map(({ movement }) => penetration?.(movement) ?? 0)
  const delays = used.map(({ delay_s }) => sumsOf(delay_s))
  const pooled = order.map((_, m) => sumsOf(used.flatMap(({ delay_s }, k) => (of[k] === m ? delay_s : []))))
  const delay = drawDays(used.map((_, k) => cell(k, delays[k]!, pooled[of[k]!]!)), pooled.map(({ mean }) => Math.max(mean, 1e-6)), order.length)
  const green = order.map((_, m) => used.reduce(([yes, n], { on_green, clocked }, k) => (of[k] === m ? [yes! + on_green, n! + clocked] : [yes!, n!]), [0, 0] as number[]))
  const rate = green.map(([yes, n]) => (n! > 0 ? yes! / n! : Number.NaN))
  const arrivals = drawDays(used.map(({ on_green, clocked }, k): Cell => {
    // The day's own share says little of its variance: that of all days does.
    const all = (green[of[k]!]![0]! + 1) / (green[of[k]!]![1]! + 2)
    return { of: of[k]!, day: days[k]!, mean: on_green / clocked, n: clocked, variance: ((1 - share[k]!) * all * (1 - all)) / clocked, skewness: 0 }
  }), rate, order.length)
  return used.map(({ movement, probes }, k): DayMeasures => {
    const [d, a] = [delay[k], arrivals[k]]
    const [low, high] = d === undefined ? [null, null] : skewedLimits(d.value, Math.sqrt(d.variance), t90(probes - 1 + FREEDOM_WORTH), pooled[of[k]!]!.skewness, probes + SPREAD_WORTH)
    const p = a === undefined ? Number.NaN : Math.min(1, Math.max(0, a.value))
    const worth = a === undefined ? 0 : Math.max(p * (1 - p), 0.02) / Math.max(a.variance, 1e-9)
    return {
      movement, day: days[k]!, control_delay_s: d === undefined ? { value: delays[k]!.mean, low: null, high: null } : { value: d.value, low, high }, day_delay_s: delays[k]!.mean,
      arrival_on_green: a === undefined ? { ...UNKNOWN } : shareInterval(p * worth, worth, 0), probes,
    }
  })

  function cell(k: number, own: Sums, all: Sums): Cell {
    const variance = ((own.n - 1) * own.variance + SPREAD_WORTH * all.variance) / (own.n - 1 + SPREAD_WORTH)
    return { of: of[k]!, day: days[k]!, mean: own.mean, n: own.n, variance: ((1 - share[k]!) * variance) / own.n, skewness: all.skewness }
  }
}

/** Undefined where a cell has no figure, or its movement was seen on this day only and nothing can be drawn. */
function drawDays(cells: readonly Cell[], pooled: readonly number[], movements: number): ({ value: number; variance: number } | undefined)[] {
  const known = cells.filter((cell) => cell.variance > 0 && Number.isFinite(cell.mean) && pooled[cell.of]! > 0)
  const ratio = ({ mean, variance, of }: Cell): { ratio: number; variance: number } => ({ ratio: mean / pooled[of]!, variance: variance / pooled[of]! ** 2 })
  const network = new Map<number, { effect: number; variance: number }>()
  const spreadOfDay = known.length > 1 ? spreadOf(known.map(ratio)) : 0
  const effects = [...new Set(known.map(({ day }) => day))].map((day) => {
    const weights = known.filter((cell) => cell.day === day).map((cell) => ({ ...ratio(cell), w: 1 / (ratio(cell).variance + spreadOfDay) }))
    const total = weights.reduce((sum, { w }) => sum + w, 0)
    return { day, ratio: weights.reduce((sum, { ratio, w }) => sum + w * ratio, 0) / total, variance: 1 / total }
  })
  const between = effects.length > 2 ? spreadOf(effects) : 0
  for (const { day, ratio: effect, variance } of effects) network.set(day, { effect: 1 + (between / (between + variance)) * (effect - 1), variance: (between * variance) / (between + variance) })
  const rest = known.length > movements ? spreadOf(known.map((cell) => ({ ratio: ratio(cell).ratio / network.get(cell.day)!.effect, variance: ratio(cell).variance }))) : Infinity
  const weightOf = new Map<number, number>()
  for (const { of, n } of known) weightOf.set(of, (weightOf.get(of) ?? 0) + n)
  return cells.map((cell) => {
    const base = pooled[cell.of]!
    if (!(cell.variance > 0 && Number.isFinite(cell.mean) && base > 0)) return undefined
    const { effect, variance: unsure } = network.get(cell.day)!
    const own = rest === Infinity ? 1 : rest / (rest + cell.variance / base ** 2)
    const way = (1 - own) * (base * effect - cell.mean)
    const most = FARTHEST * Math.sqrt(cell.variance)
    if (Math.abs(way) > most) return { value: cell.mean + Math.sign(way) * most, variance: cell.variance }
    // The pooled mean has an error of its own, less the more days it holds.
    const pooledError = (cell.variance * cell.n) / weightOf.get(cell.of)!
    return { value: cell.mean + way, variance: own * cell.variance + (1 - own) ** 2 * (pooledError + unsure * base ** 2) }
  })
}
