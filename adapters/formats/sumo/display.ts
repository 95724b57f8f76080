// What each connection of a traffic light shows under a compiled signal, as SUMO's letters.
import { displayAt } from '../../../model/compile.ts'
import { GreenwaveError } from '../../../model/errors.ts'
import type { Connection, Network, RightOfWay } from '../../../model/network.ts'
import type { CompiledSignal } from '../../../model/plan.ts'
import { modulo } from '../../../model/units.ts'
import type { Signal } from '../../../model/signal.ts'

/** Groups of one link index, and what it shows when none of them is green or yellow. */
export interface LinkDisplay {
  groups: { group: string; right_of_way: RightOfWay }[]
  /** `s` where a turn on red is allowed. */
  rest: 'r' | 's'
  /**
   * Links with which it yields mutually: a right on red to a permissive left, and the left to that right when it has green. SUMO
   * knows one matrix for all states and refuses both at once, so the turn on red waits while the left shows g.
   */
  rests_for?: number[]
}

/** Instants closer than this are the same: SUMO counts in milliseconds. */
const SAME_S = 1e-6

/** The link indices of a traffic light: from its connections, and from its pedestrian groups, which have none. */
export function linkDisplays(network: Network, signal: Signal): LinkDisplay[] {
  const links: (LinkDisplay | undefined)[] = []
  const own = new Map(network.connections.filter(({ source }) => source?.traffic_light === signal.id).map((connection) => [connection.id, connection]))
  for (const connection of own.values()) {
    const { source } = connection
    if (source === undefined) continue
    links[source.link_index] = { groups: connection.groups ?? [], rest: restOf(connection), ...mutual(connection, own) }
  }
  for (const group of signal.groups) {
    if (group.kind !== 'pedestrian') continue
    for (const index of pedestrianLinks(signal.id, group.source_id)) links[index] ??= { groups: [{ group: group.id, right_of_way: 'protected' }], rest: 'r' }
  }
  // Link indices that nothing uses stay red.
  return Array.from(links, (link) => link ?? { groups: [], rest: 'r' })
}

function mutual(connection: Connection, own: ReadonlyMap<string, Connection>): Pick<LinkDisplay, 'rests_for'> {
  if (connection.turn_on_red !== true) return {}
  const links = connection.yields_to.flatMap((id) => {
    const other = own.get(id)
    return other?.source !== undefined && other.yields_to.includes(connection.id) ? [other.source.link_index] : []
  })
  return links.length === 0 ? {} : { rests_for: links }
}

const restOf = (connection: Connection): 'r' | 's' => (connection.turn_on_red === true ? 's' : 'r')

/** "<traffic light>:3,4" -> 3, 4. */
function pedestrianLinks(tl: string, source: string | undefined): number[] {
  if (source === undefined || !source.startsWith(`${tl}:`)) return []
  return source.slice(tl.length + 1).split(',').map(Number).filter((index) => Number.isSafeInteger(index) && index >= 0)
}

/** The letter of a link at a master time: G with priority, g without, y, r, or s. */
export function letterAt(compiled: CompiledSignal, link: LinkDisplay, time_s: number): string {
  const byId = new Map(compiled.groups.map((group) => [group.id, group]))
  let letter: string = link.rest
  for (const { group: id, right_of_way } of link.groups) {
    const group = byId.get(id)
    if (group === undefined) throw new GreenwaveError('input.reference', `signal ${compiled.signal} has no group "${id}"`)
    const display = displayAt(compiled, group, time_s)
    if (display === 'green' && right_of_way === 'protected') return 'G'
    if (display === 'green') letter = 'g'
    else if (display === 'yellow' && letter !== 'g') letter = 'y'
  }
  return letter
}

export interface DisplayPhase {
  duration_s: number
  state: string
}

/** Phases of one cycle from local zero: every change of any link starts a new one. */
export function displayPhases(compiled: CompiledSignal, links: readonly LinkDisplay[]): DisplayPhase[] {
  const { cycle_s, offset_s } = compiled
  const instants = [0, ...compiled.groups.flatMap(({ green_windows_s, yellow_s }) => green_windows_s.flatMap(([start, end]) => [start, end, end + yellow_s]))]
    .map((t) => modulo(t, cycle_s))
    .sort((a, b) => a - b)
    .filter((t, i, all) => i === 0 || t - (all[i - 1] ?? 0) > SAME_S)
  const phases: DisplayPhase[] = []
  instants.forEach((start, i) => {
    const end = instants[i + 1] ?? cycle_s
    if (end - start <= SAME_S) return
    const letters = links.map((link) => letterAt(compiled, link, offset_s + (start + end) / 2))
    const state = letters.map((letter, k) => (letter === 's' && links[k]?.rests_for?.some((other) => letters[other] === 'g') === true ? 'r' : letter)).join('')
    const last = phases.at(-1)
    if (last?.state === state) last.duration_s += end - start
    else phases.push({ duration_s: end - start, state })
  })
  return phases
}
