// Runs along the whole corridor, followed from stop line to stop line in the platoons' queues: how many of them stop at most once. Stops are
// not independent: who is let through at one signal arrives in the wave of the next, and it is this that offsets and bands are about.
import { modulo, type Seconds } from '../../model/units.ts'
import { DISPERSION } from '../corridor/profile.ts'
import { reachesOf } from '../corridor/reaches.ts'
import { delayed, dispersed } from '../progression/dispersion.ts'
import type { GroupProgression, Progression } from '../progression/progression.ts'

/** Nobody waits longer: the platoons' queues stay below capacity. */
const MOST_CYCLES = 3

/** Sums of shares leave less than this, vehicles. */
const DUST = 1e-9

/** Runs by their place in the cycle: with no stop so far, and with one; who stops more often is not followed. */
interface Runs {
  none: Float64Array
  one: Float64Array
}

export interface FollowedWay {
  /** Mean of the corridor's through lane groups, veh/h. */
  flow_vph: number
  /** Of runs along the whole way. */
  at_most_one_stop: number
}

/** By direction; a way on which a signal has no lane group straight on is left out. Where neighbours have no common cycle runs arrive evenly. */
export function followRuns({ layout, clocks, compiled, groups }: Progression): FollowedWay[] {
  return layout.ways.flatMap((way): FollowedWay[] => {
    const reaches = reachesOf(layout, way, DISPERSION)
    const main = reaches.flatMap(({ signal, main: g }) => groups.filter((group) => group.signal === signal)[g] ?? [])
    if (main.length === 0 || main.length < reaches.length) return []
    let runs: Runs | undefined
    let before: { offset_s: Seconds; row: number } | undefined
    reaches.forEach(({ signal, lag_s }, k) => {
      const clock = clocks[signal]!
      const offset_s = compiled[signal]!.offset_s
      const shift = before === undefined || before.row !== clock.row ? undefined : modulo(lag_s + before.offset_s - offset_s, clock.cycle_s) / clock.step_s
      const F = 1 / (1 + (DISPERSION.alpha * lag_s) / clock.step_s)
      const even = (share: number): Float64Array => new Float64Array(clock.steps).fill(share / clock.steps)
      const come = (left: Float64Array): Float64Array => (shift === undefined ? even(sum(left)) : delayed(dispersed(left, F), shift))
      // What comes from beyond the corridor comes evenly.
      runs = passed(runs === undefined ? { none: even(1), one: even(0) } : { none: come(runs.none), one: come(runs.one) }, main[k]!, clock.step_s)
      before = { offset_s, row: clock.row }
    })
    const flow_vph = main.reduce((all, group) => all + group.served.group.volume_vph, 0) / main.length
    return [{ flow_vph, at_most_one_stop: sum(runs!.none) + sum(runs!.one) }]
  })
}

/** Over one stop line: who comes in a step leaves when those who waited before have left; who is held as long as a stop takes has stopped. */
function passed({ none, one }: Runs, { served, passage }: GroupProgression, step_s: Seconds): Runs {
  const { service } = served
  const steps = service.length
  const after: Runs = { none: new Float64Array(steps), one: new Float64Array(steps) }
  const again = leftOver(served, passage, step_s)
  // What has been served by the end of the step before `k`, and by the end of step `left`, since the beginning of the cycle.
  let [left, until_k, until_left] = [-1, 0, 0]
  for (let k = 0; k < steps; k++) {
    const place = until_k + passage.waits[(k + steps - 1) % steps]!
    while (left < MOST_CYCLES * steps && (left < k || until_left <= place + DUST)) {
      left += 1
      until_left += service[left % steps]!
    }
    until_k += service[k]!
    const can = service[left % steps]!
    const wait = left - k + (can > 0 ? Math.max(0, Math.min(1, 1 - (until_left - place) / can)) : 0)
    const held = Math.min(1, Math.max(0, wait - served.stop_s / step_s + 0.5))
    const [stay, once] = [(1 - held) * (1 - again), held * (1 - again) + (1 - held) * again]
    const at = left % steps
    after.none[at]! += none[k]! * stay
    after.one[at]! += one[k]! * stay + none[k]! * once
  }
  return after
}

/** Share of those who come that a green by chance leaves over: Q2 of HCM 7, as in `Passage.stops`. */
function leftOver({ state, cycle_s }: GroupProgression['served'], { vehicles, incremental_s, waits }: GroupProgression['passage'], step_s: Seconds): number {
  const volume_vph = (vehicles / (waits.length * step_s)) * 3600
  return volume_vph > 0 ? Math.min(1, (state.capacity_vph * incremental_s) / (volume_vph * cycle_s)) : 0
}

const sum = (values: Float64Array): number => values.reduce((all, value) => all + value, 0)
