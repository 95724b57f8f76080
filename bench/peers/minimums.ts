// Least greens that a signal of a scenario owes its drivers and pedestrians, held against programs of SUMO's that know nothing of them.
import type { Network } from '../../model/network.ts'
import { leastGreen } from '../../optimizer/splits/minimums.ts'
import { isGreen, type Program } from './programs.ts'

/** Lights of one group, by link index, and the green that they must have. */
export interface Minimum {
  group: string
  links: number[]
  least_s: number
}

/** By traffic light. Groups that share all their links with others, and pedestrians without a link of their own, are not told of. */
export function minimumsOf(network: Network): Map<string, Minimum[]> {
  const links = new Map<string, number[]>()
  const signalOf = new Map(network.movements.map(({ id, signal }) => [id, signal]))
  for (const { movement, groups = [], source } of network.connections) {
    if (groups.length !== 1 || source === undefined) continue
    const key = `${signalOf.get(movement)} ${groups[0]!.group}`
    links.set(key, [...(links.get(key) ?? []), source.link_index])
  }
  return new Map(network.signals.map((signal) => [signal.source_id, signal.groups.flatMap((group): Minimum[] => {
    const own = links.get(`${signal.id} ${group.id}`)
    return own === undefined ? [] : [{ group: group.id, links: own, least_s: leastGreen(group) }]
  })]))
}

/** Greens of a group that end sooner than they may: the phases of each, in order, and what lacks. */
function shortGreens({ phases }: Program, { links, least_s }: Minimum): { phases: number[]; lacking_s: number }[] {
  const green = phases.map(({ state }) => links.some((link) => /g/i.test(state[link] ?? '')))
  const first = green.indexOf(false)
  if (first < 0) return []
  const greens: number[][] = []
  for (let k = 1; k <= phases.length; k++) {
    const at = (first + k) % phases.length
    if (green[at] !== true) continue
    if (green[(at + phases.length - 1) % phases.length] === true) greens.at(-1)!.push(at)
    else greens.push([at])
  }
  return greens.flatMap((own) => {
    const lacking_s = least_s - own.reduce((sum, at) => sum + phases[at]!.duration_s, 0)
    return lacking_s > 1e-6 ? [{ phases: own, lacking_s }] : []
  })
}

/** Groups of a program with a green that is too short. */
export const countBroken = (program: Program, minimums: readonly Minimum[]): number => minimums.filter((minimum) => shortGreens(program, minimum).length > 0).length

/** The same phases, greens that are too short lengthened by their longest phase. */
export function keepMinimums(program: Program, minimums: readonly Minimum[]): Program {
  let kept = program
  for (const minimum of minimums) {
    for (const { phases, lacking_s } of shortGreens(kept, minimum)) {
      const steady = phases.filter((at) => isGreen(kept.phases[at]!))
      const longest = (steady.length > 0 ? steady : phases).reduce((a, b) => (kept.phases[b]!.duration_s > kept.phases[a]!.duration_s ? b : a))
      kept = { ...kept, phases: kept.phases.map((phase, at) => (at === longest ? { ...phase, duration_s: phase.duration_s + Math.ceil(lacking_s - 1e-6) } : phase)) }
    }
  }
  return kept
}

/** The network with nothing but `least_s` of green owed to anybody. */
export function withoutMinimums(network: Network, least_s: number): Network {
  return {
    ...network,
    signals: network.signals.map((signal) => ({
      ...signal, groups: signal.groups.map(({ walk_s: _walk, pedestrian_clearance_s: _clearance, ...group }) => ({ ...group, min_green_s: Math.min(group.min_green_s, least_s) })),
    })),
  }
}
