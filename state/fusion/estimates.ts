// Two measurements of one thing as one: by inverse variance of their logarithms, since volumes, queues and penetrations are
// positive and err by a share.
import type { Estimate } from '../../model/traffic-state.ts'
import { countVariance, type RadarMeasures } from '../radar/index.ts'

const Z = 1.645
/** A lower end of 0 has no logarithm. */
const LEAST = 0.02

/** Of log value, from an interval of 90 %; undefined where nothing can be told. */
function logError({ value, low, high }: Estimate): number | undefined {
  if (value === null || high === null || low === null || !(value > 0) || !(high > value)) return undefined
  return (Math.log(high) - Math.log(Math.max(low, value * LEAST))) / (2 * Z)
}

/** The one where the other is unknown. Where they disagree beyond their intervals the result is as uncertain as that says (Birge 1932). */
export function fuseEstimates(a: Estimate, b: Estimate): Estimate {
  const [sa, sb] = [logError(a), logError(b)]
  if (sb === undefined) return a.value === null ? b : a
  if (sa === undefined) return a.value === null || a.high === null ? b : a
  const [wa, wb] = [1 / sa ** 2, 1 / sb ** 2]
  const log = (wa * Math.log(a.value!) + wb * Math.log(b.value!)) / (wa + wb)
  const apart = (Math.log(a.value!) - Math.log(b.value!)) ** 2 / (sa ** 2 + sb ** 2)
  const error = Math.sqrt(Math.max(1, apart) / (wa + wb))
  return { value: Math.exp(log), low: Math.exp(log - Z * error), high: Math.exp(log + Z * error) }
}

/** Share of vehicles that are probes, where radar counted them all: crossings of probes in the slots over the counts of those slots. */
export function anchorPenetration({ slots }: Pick<RadarMeasures, 'slots'>, slot_s: number, crossings: readonly number[]): Estimate {
  const none: Estimate = { value: null, low: null, high: null }
  const whole = new Map(slots.filter(({ observed_s }) => observed_s > 0.97 * slot_s).map(({ slot, count }) => [slot, count]))
  const counted = [...whole.values()].reduce((sum, count) => sum + count, 0)
  const probes = crossings.filter((time_s) => whole.has(Math.floor(time_s / slot_s))).length
  if (probes < LEAST_PROBES || counted < probes) return none
  const value = probes / counted
  const error = Math.sqrt((1 - value) / probes + (countVariance(counted) - counted) / counted ** 2)
  return { value, low: value * Math.exp(-Z * error), high: Math.min(1, value * Math.exp(Z * error)) }
}

const LEAST_PROBES = 5
