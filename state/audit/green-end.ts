// When green ends: while it is green, vehicles pass and few that come must stop; after it, those that come stop and nobody
// passes. The change from the one to the other is where crossings less arrivals of stopped vehicles, summed over the cycle from
// green start on, are most; drivers who pass early in yellow are taken off at the end.
import { modulo, type Seconds } from '../../model/units.ts'

const LEAST_CROSSINGS = 12
const SHORTEST_GREEN_S: Seconds = 4
/** Neither green nor red is shorter. */
const SHORTEST_RED_S: Seconds = 5
/** Events about the change that place it. */
const WINDOW_S: Seconds = 10
/** Share of records that are wrong. */
const WRONG = 0.03

/** Last passages after green start, s; undefined where too little was seen. Times as phases of the cycle. */
export function findGreenEnd(crossings_s: readonly number[], held_s: readonly number[], green_start_s: Seconds, cycle_s: Seconds, deviation_s: Seconds): { after_s: Seconds; error_s: Seconds } | undefined {
  if (crossings_s.length < LEAST_CROSSINGS) return undefined
  const after = (time: number): number => modulo(time - green_start_s, cycle_s)
  const events = [...crossings_s.map((time) => ({ at: after(time), sign: 1 })), ...held_s.map((time) => ({ at: after(time), sign: -1 }))].sort((a, b) => a.at - b.at || b.sign - a.sign)
  let [sum, most, end] = [0, 0, Number.NaN]
  for (const [i, { at, sign }] of events.entries()) {
    sum += sign
    if (at > cycle_s - SHORTEST_RED_S) break
    if (sum > most || (sum === most && sign > 0)) [most, end] = [sum, at + Math.min(2, ((events[i + 1]?.at ?? cycle_s) - at) / 2)]
  }
  if (Number.isNaN(end) || end < SHORTEST_GREEN_S) return undefined
  const near = events.filter(({ at }) => Math.abs(at - end) <= WINDOW_S)
  const refined = likeliest(near, end, Math.max(0.7, deviation_s))
  const inside = near.length
  // One event each about 2 x window / n apart.
  return { after_s: refined, error_s: Math.hypot(deviation_s / Math.sqrt(Math.max(1, inside / 4)), (2 * WINDOW_S) / Math.max(1, inside)) }
}

/** Change of a blurred step: P(passed | at) falls, for events near it. */
function likeliest(events: readonly { at: number; sign: number }[], centre: number, blur: number): number {
  let [best, most] = [centre, -Infinity]
  for (let shift = -WINDOW_S / 2; shift <= WINDOW_S / 2; shift += 0.1) {
    const end = centre + shift
    let sum = 0
    for (const { at, sign } of events) sum += Math.log(WRONG + (1 - 2 * WRONG) / (1 + Math.exp((sign * 1.7 * (at - end)) / blur)))
    if (sum > most + 1e-9) [best, most] = [end, sum]
  }
  return best
}
