// Who is worse off than in the street: side streets, turns and pedestrians who wait longer by HCM delay, and whoever is
// above the saturation target. Pedestrian wait: HCM 7 equation 19-75, (C - g)^2 / 2C with g = walk + 4 s.
import { compileSignal } from '../../model/compile.ts'
import type { CompiledSignal, Loser } from '../../model/plan.ts'
import type { Signal, SignalGroup } from '../../model/signal.ts'
import { isolatedDelay, type LaneGroup, laneGroupState } from '../capacity/index.ts'
import type { SplitResult } from '../splits/index.ts'
import type { Street, StreetLayout } from './street.ts'

/** Nobody notices less: a second, or a twentieth of the wait. */
const NOTICED_S = 1
const NOTICED_SHARE = 0.05

/** Pedestrians still start in the first seconds of the flashing interval: HCM 7 chapter 19. */
const LATE_STARTERS_S = 4

export function listLosers(street: Street, chosen: readonly SplitResult[], target: number): Loser[] {
  return street.ids.flatMap((_, i) => [...driversAt(street, i, chosen[i] as SplitResult, target), ...walkersAt(street, i, chosen[i] as SplitResult)])
}

/** Whether a longer wait is felt. */
export const worse = (before: number, after: number): boolean => after - before > Math.max(NOTICED_S, NOTICED_SHARE * before)

export const show = (value: number): string => `${Math.round(value * 10) / 10}`

function driversAt(street: Street, i: number, split: SplitResult, target: number): Loser[] {
  const signal = street.signals[i] as Street['signals'][number]
  const running = compileSignal(signal, street.running[i] as Street['running'][number])
  const corridor = new Set(street.ways.flatMap(({ stops }) => stops.map(({ movement }) => movement.id)))
  const approaches = new Set(street.ways.flatMap(({ stops }) => stops.map(({ movement }) => movement.from)))
  return (street.laneGroups[i] ?? []).flatMap((group, g): Loser[] => {
    if (group.volume_vph <= 0) return []
    const [was, is] = [laneGroupState(running, group), split.states[g] as SplitResult['states'][number]]
    const kind = group.movements.some((id) => corridor.has(id)) ? 'through' : approaches.has(group.approach) ? 'turning' : 'side-street'
    const name = nameOf(street, group)
    const common = { kind, signal: signal.id, movement: group.movements[0] as string, name } as const
    const found: Loser[] = []
    const [before, after] = [isolatedDelay(running.cycle_s, group, was), isolatedDelay(split.compiled.cycle_s, group, is)]
    // The delay of the corridor's throughs depends on the wave, which the simulation judges.
    if (kind !== 'through' && worse(before, after)) {
      found.push({ ...common, measure: 'delay_s', before, after, sentence: `${name} at signal ${signal.id} waits ${show(after - before)} s longer on average (${show(before)} s before, ${show(after)} s after)` })
    }
    if (is.saturation > target + 1e-9) {
      found.push({
        ...common, measure: 'saturation', before: was.saturation, after: is.saturation, limit: target,
        sentence: `${name} at signal ${signal.id} is at ${show(100 * is.saturation)} % of its capacity (${show(100 * was.saturation)} % before), the target is ${show(100 * target)} %`,
      })
    }
    return found
  })
}

export const nameOf = (street: StreetLayout, group: LaneGroup): string => group.movements.map((id) => street.graph.getMovement(id).name ?? id).join(' + ')

function walkersAt(street: Street, i: number, split: SplitResult): Loser[] {
  const signal = street.signals[i] as Street['signals'][number]
  return waitingWalkers(signal, compileSignal(signal, street.running[i] as Street['running'][number]), split.compiled)
}

/** Pedestrians who wait longer at a signal than before. */
export function waitingWalkers(signal: Signal, before: CompiledSignal, after: CompiledSignal): Loser[] {
  return signal.groups.flatMap((group): Loser[] => {
    const [was, is] = [waitOf(before, group), waitOf(after, group)]
    if (was === undefined || is === undefined || !worse(was, is)) return []
    const name = `Pedestrians with group ${group.name ?? group.id}`
    return [{ kind: 'pedestrian', signal: signal.id, name, measure: 'wait_s', before: was, after: is, sentence: `${name} at signal ${signal.id} wait ${show(is - was)} s longer on average (${show(was)} s before, ${show(is)} s after)` }]
  })
}

function waitOf(compiled: CompiledSignal, group: SignalGroup): number | undefined {
  const windows = compiled.groups.find(({ id }) => id === group.id)?.green_windows_s ?? []
  if (windows.length === 0 || (group.kind !== 'pedestrian' && group.walk_s === undefined)) return undefined
  const walk = group.kind === 'pedestrian' ? Math.max(...windows.map(([start, end]) => end - start)) : (group.walk_s ?? 0)
  const open = Math.min(compiled.cycle_s, walk + LATE_STARTERS_S)
  return (compiled.cycle_s - open) ** 2 / (2 * compiled.cycle_s)
}
