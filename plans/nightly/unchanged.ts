// What was looked into lately need not be looked into again: the same streets and plan with nearly the same traffic would come to the same end.
import { formatDay, parseDay } from '../../model/local-time.ts'
import type { Pattern, SignalId } from '../../model/signal.ts'
import { geh } from '../../simulation/batch/index.ts'
import { hashOf } from '../ports/canonical.ts'
import type { PeriodLook } from '../ports/nights.ts'
import type { DayType } from '../ports/plans.ts'
import type { Stores } from '../ports/store.ts'
import { draw } from './draws.ts'
import type { NightInput } from './input.ts'
import type { NightPeriod } from './periods.ts'
import type { NightTask } from './queue.ts'
import type { NightRules } from './rules.ts'

/** Nights back that are searched for the last one of a day type: two weeks hold one of each but holidays. */
const SEARCHED_NIGHTS = 14

type Looked = Pick<NightInput, 'network' | 'corridor' | 'movements' | 'measured' | 'day_type'>

/** `best`: what is best at the signals for all that was found, whether it runs already or is only proposed. */
export function lookOf(input: Looked, period: NightPeriod, best: ReadonlyMap<SignalId, Pattern>, rules: NightRules, version: string): PeriodLook {
  return { period: period.id, day_type: input.day_type, measured: input.measured, basis: basisOf(input, best, rules, version), volumes_vph: volumesOf(input, period) }
}

/** A person who changes the network, the rules or the program wants it looked at anew. */
function basisOf({ network, corridor, movements }: Looked, patterns: ReadonlyMap<SignalId, Pattern>, rules: NightRules, version: string): string {
  return hashOf({ network: network.hash, version, rules, movements, patterns: corridor.corridor.intersections.map((signal) => patterns.get(signal) ?? null) })
}

function volumesOf({ movements }: Looked, { demand }: NightPeriod): number[] {
  const volumes = new Map(demand.volumes.map(({ movement, volume_vph }) => [movement, volume_vph[0] ?? 0]))
  return movements.map((movement) => volumes.get(movement) ?? 0)
}

/** Those of the last night of that day type that left any. */
export async function lastLooks({ nights }: Pick<Stores, 'nights'>, { network, corridor, day }: NightTask, type: DayType): Promise<PeriodLook[]> {
  const morning = parseDay(day)!
  for (let back = 1; back <= SEARCHED_NIGHTS; back++) {
    const looks = (await nights.get(network, corridor, formatDay(morning - back)))?.looks?.filter(({ day_type }) => day_type === type) ?? []
    if (looks.length > 0) return looks
  }
  return []
}

/** The look that still holds: what was best then runs, few comparable days are newer, and no volume of the corridor's signals is another than then. */
export function findUnchanged(looks: readonly PeriodLook[], input: Looked & Pick<NightInput, 'days'>, period: NightPeriod, running: ReadonlyMap<SignalId, Pattern>, rules: NightRules, version: string): PeriodLook | undefined {
  const look = looks.find((one) => one.period === period.id)
  if (look === undefined) return undefined
  const newer = input.days.findIndex(({ day }) => day === look.measured)
  if (newer < 0 || newer > holdsFor(input, look, rules) || look.basis !== basisOf(input, running, rules, version)) return undefined
  return volumesOf(input, period).every((volume, i) => geh(volume, look.volumes_vph[i] ?? 0) <= rules.unchanged.most_geh) ? look : undefined
}

/** Comparable days after it. */
const holdsFor = ({ network, corridor: { corridor } }: Looked, { period, measured }: PeriodLook, { unchanged: { most_days } }: NightRules): number =>
  most_days - Math.floor(draw('look', network.id, corridor.id, period, measured) * Math.ceil(most_days / 2))
