// Who would wait longer under one timing of a corridor than under another, by platoons: side streets, turns and throughs with
// HCM delay, pedestrians, and whoever is pushed above the saturation target. Limits and words are those of the planner.
import type { CompiledSignal, Loser } from '../../model/plan.ts'
import { nameOf, show, waitingWalkers, worse } from '../corridor/losers.ts'
import { DEFAULT_OPTIONS } from '../corridor/options.ts'
import { delayOf } from './figures.ts'
import type { GroupProgression, Progression } from './progression.ts'

/** A change of saturation below half a per cent is a change of rounding. */
const SAME_SATURATION = 0.005

/** Both of the same street; most vehicle-hours lost first, pedestrians last. */
export function progressionLosers(before: Progression, after: Progression): Loser[] {
  const { groups: was, approaches } = knownOf(before)
  const drivers = after.groups.flatMap((group) => {
    const earlier = was.get(keyOf(group))
    // While a plan is dragged most groups are those of the plan it is compared with.
    return earlier === undefined || earlier.passage === group.passage && earlier.served === group.served || group.served.group.volume_vph <= 0 ? [] : losersOf(after, earlier, group, approaches)
  })
  return [...drivers.sort((a, b) => b.weight - a.weight).map(({ loser }) => loser), ...walkers(before, after)]
}

/** One plan is compared with many. */
const known = new WeakMap<Progression, { groups: ReadonlyMap<string, GroupProgression>; approaches: ReadonlySet<string> }>()

function knownOf(before: Progression): { groups: ReadonlyMap<string, GroupProgression>; approaches: ReadonlySet<string> } {
  const found = known.get(before) ?? {
    groups: new Map(before.groups.map((group) => [keyOf(group), group])), approaches: new Set(before.layout.ways.flatMap(({ stops }) => stops.map(({ movement }) => movement.from))),
  }
  known.set(before, found)
  return found
}

const keyOf = ({ signal, served }: GroupProgression): string => `${signal} ${served.group.movements.join(' ')}`

function losersOf({ layout }: Progression, was: GroupProgression, is: GroupProgression, approaches: ReadonlySet<string>): { loser: Loser; weight: number }[] {
  const { group, state } = is.served
  const signal = layout.ids[is.signal] as string
  const kind: Loser['kind'] = is.main ? 'through' : approaches.has(group.approach) ? 'turning' : 'side-street'
  const name = nameOf(layout, group)
  const common = { kind, signal, movement: group.movements[0] as string, name }
  const found: { loser: Loser; weight: number }[] = []
  const [before, after] = [delayOf(was), delayOf(is)]
  if (worse(before, after)) {
    found.push({
      weight: (after - before) * group.volume_vph,
      loser: { ...common, measure: 'delay_s', before, after, sentence: `${name} at signal ${signal} waits ${show(after - before)} s longer on average (${show(before)} s before, ${show(after)} s after)` },
    })
  }
  const [held, holds, limit] = [was.served.state.saturation, state.saturation, DEFAULT_OPTIONS.target_saturation]
  if (holds > limit && holds > held + SAME_SATURATION) {
    found.push({
      weight: 0,
      loser: {
        ...common, measure: 'saturation', before: held, after: holds, limit,
        sentence: `${name} at signal ${signal} is at ${show(100 * holds)} % of its capacity (${show(100 * held)} % before), the target is ${show(100 * limit)} %`,
      },
    })
  }
  return found
}

const walkers = (before: Progression, after: Progression): Loser[] =>
  after.layout.signals.flatMap((signal, i) => (before.compiled[i] === after.compiled[i] ? [] : waitingWalkers(signal, before.compiled[i] as CompiledSignal, after.compiled[i] as CompiledSignal)))
