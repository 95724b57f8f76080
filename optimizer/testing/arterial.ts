// A hand-built arterial for tests: signals in a row, side streets at each, three lanes per approach (through + right,
// through, left), timed by NEMA rings or by stages. Every number is known, so that answers can be checked by hand.
import type { Connection, Link, Movement, Network, NetworkNode, RightOfWay, Turn } from '../../model/network.ts'
import { RoadGraph } from '../../model/road-graph.ts'
import { type ResolvedCorridor, resolveCorridor } from '../../model/corridor.ts'
import type { Pattern, RingPattern, Signal, SignalGroup, StagePattern } from '../../model/signal.ts'

export interface ArterialOptions {
  /** Between neighbouring signals, m. */
  spacing_m?: readonly number[]
  timing?: 'rings' | 'stages'
  /** Cycles in the street, one per signal or one for all, s. */
  cycle_s?: number | readonly number[]
  /** Kind of the main street's lefts. */
  lefts?: 'protected' | 'both' | 'permissive'
  one_way?: boolean
  sequence_free?: boolean
  /** veh/h by turn: main through, main left and right, side through, side left and right. */
  main?: number
  turns?: number
  side?: number
  side_turns?: number
  /** Changes groups of a signal. */
  group?: (signal: string, group: SignalGroup) => SignalGroup
}

export interface Arterial {
  graph: RoadGraph
  corridor: ResolvedCorridor
  running: Map<string, Pattern>
  volumes: Map<string, number>
}

const SPEED_MPS = 14
const CROSSING_M = 20

/** Which NEMA phase serves what: eastbound 2 and 5, westbound 6 and 1, southbound 4 (left 7), northbound 8 (left 3). */
const THROUGH = { E: '2', W: '6', S: '4', N: '8' } as const
const LEFT = { E: '5', W: '1', S: '4', N: '8' } as const
type Heading = keyof typeof THROUGH
const HEADINGS: readonly Heading[] = ['E', 'W', 'S', 'N']
const OPPOSITE = { E: 'W', W: 'E', S: 'N', N: 'S' } as const
const LEFT_OF = { E: 'N', N: 'W', W: 'S', S: 'E' } as const
const RIGHT_OF = { E: 'S', S: 'W', W: 'N', N: 'E' } as const

const MAIN_PHASES = ['1', '2', '5', '6']
const SIDE_PHASES = ['4', '8']

export function arterial(options: ArterialOptions = {}): Arterial {
  const spacing = options.spacing_m ?? [320, 250, 480]
  const ids = Array.from({ length: spacing.length + 1 }, (_, i) => `S${i + 1}`)
  const network = networkOf(ids, spacing, options)
  const graph = new RoadGraph(network)
  const volumes = new Map(network.movements.filter(({ signal }) => signal !== undefined).map((movement) => [movement.id, volumeOf(movement, options)]))
  const cycle = (i: number): number => (typeof options.cycle_s === 'number' ? options.cycle_s : (options.cycle_s?.[i] ?? 90))
  const running = new Map(ids.map((id, i) => [id, options.timing === 'stages' ? stages(id, cycle(i), (17 * i) % cycle(i), options) : rings(id, cycle(i), (17 * i) % cycle(i), options)] as const))
  const corridor = resolveCorridor(graph, { id: 'main', name: 'Main Street', intersections: ids })
  return { graph, corridor, running, volumes }
}

function volumeOf(movement: Movement, options: ArterialOptions): number {
  const main = movement.name?.startsWith('E') === true || movement.name?.startsWith('W') === true
  if (movement.turn === 'through') return main ? (options.main ?? 700) : (options.side ?? 150)
  return main ? (options.turns ?? 60) : (options.side_turns ?? 40)
}

function networkOf(ids: string[], spacing: readonly number[], options: ArterialOptions): Network {
  const xs = ids.map((_, i) => spacing.slice(0, i).reduce((a, b) => a + b, 0))
  const nodes: NetworkNode[] = ids.map((id, i) => ({ id, source_id: id, kind: 'signal', x_m: xs[i] as number, y_m: 0 }))
  const place = (id: string, x_m: number, y_m: number): void => { nodes.push({ id, source_id: id, kind: 'boundary', x_m, y_m }) }
  place('west', -300, 0)
  place('east', (xs.at(-1) as number) + 300, 0)
  ids.forEach((id, i) => { place(`${id}n`, xs[i] as number, 300); place(`${id}s`, xs[i] as number, -300) })
  const row = ['west', ...ids, 'east']
  const links: Link[] = []
  const add = (from: string, to: string, length_m: number): void => {
    const lanes = [0, 1, 2].map((index) => ({ index, width_m: 3.5, speed_mps: SPEED_MPS, length_m }))
    links.push({ id: `${from}-${to}`, source_id: `${from}-${to}`, from, to, length_m, speed_mps: SPEED_MPS, lanes })
  }
  row.slice(1).forEach((to, k) => {
    const length = (k === 0 || k === ids.length ? 300 : (spacing[k - 1] as number)) - CROSSING_M
    add(row[k] as string, to, length)
    if (options.one_way !== true) add(to, row[k] as string, length)
  })
  for (const id of ids) for (const end of [`${id}n`, `${id}s`]) { add(end, id, 280); add(id, end, 280) }
  const { movements, connections } = crossings(ids, row, links, options)
  return {
    format: 'greenwave.network/1', name: 'arterial', driving_side: 'right', coordinate_reference: { kind: 'local' },
    nodes, links, movements, connections, signals: ids.map((id) => signalOf(id, options)),
  }
}

function crossings(ids: string[], row: string[], links: Link[], options: ArterialOptions): { movements: Movement[]; connections: Connection[] } {
  const movements: Movement[] = []
  const connections: Connection[] = []
  const known = new Set(links.map(({ id }) => id))
  for (const id of ids) {
    const at = row.indexOf(id)
    // Where a car that heads that way comes from, and goes to.
    const behind = { E: row[at - 1] as string, W: row[at + 1] as string, S: `${id}n`, N: `${id}s` }
    const ahead = { E: row[at + 1] as string, W: row[at - 1] as string, S: `${id}s`, N: `${id}n` }
    for (const heading of HEADINGS) {
      for (const [turn, exit, lanes] of [['through', heading, [0, 1]], ['left', LEFT_OF[heading], [2]], ['right', RIGHT_OF[heading], [0]]] as const) {
        const [from, to] = [`${behind[heading]}-${id}`, `${id}-${ahead[exit]}`]
        if (!known.has(from) || !known.has(to)) continue
        const movement: Movement = { id: `${id}.${heading}${turn[0]}`, node: id, from, to, turn: turn as Turn, name: `${heading}B ${turn}`, signal: id }
        movements.push(movement)
        for (const lane of lanes) {
          connections.push({
            id: `${movement.id}${lane}`, movement: movement.id, from_lane: lane, to_lane: lane, length_m: CROSSING_M, speed_mps: SPEED_MPS, conflicts_with: [],
            yields_to: turn === 'left' ? [0, 1].map((other) => `${id}.${OPPOSITE[heading]}t${other}`) : [], groups: groupsOf(heading, turn as Turn, options),
          })
        }
      }
    }
  }
  const present = new Set(connections.map(({ id }) => id))
  for (const connection of connections) connection.yields_to = connection.yields_to.filter((id) => present.has(id))
  return { movements, connections }
}

function groupsOf(heading: Heading, turn: Turn, options: ArterialOptions): { group: string; right_of_way: RightOfWay }[] {
  if (turn !== 'left') return [{ group: THROUGH[heading], right_of_way: 'protected' }]
  // On a one-way street nothing comes towards a left turn.
  if (options.one_way === true && heading === 'E') return [{ group: THROUGH[heading], right_of_way: 'protected' }]
  const permissive = { group: THROUGH[heading], right_of_way: 'permissive' as const }
  if (heading === 'S' || heading === 'N') return [permissive]
  const safe = { group: LEFT[heading], right_of_way: 'protected' as const }
  const kind = options.lefts ?? 'protected'
  return kind === 'protected' ? [safe] : kind === 'both' ? [safe, permissive] : [permissive]
}

function signalOf(id: string, options: ArterialOptions): Signal {
  const main = MAIN_PHASES.filter((phase) => (options.lefts === 'permissive' ? phase === '2' || phase === '6' : true) && (options.one_way !== true || phase === '2'))
  const groups = [...main, ...SIDE_PHASES].map((phase): SignalGroup => {
    const left = phase === '1' || phase === '5'
    const group: SignalGroup = {
      id: phase, kind: 'vehicle', min_green_s: left ? 5 : 8, yellow_s: left ? 3.4 : 4, red_clearance_s: 1.3,
      ...(SIDE_PHASES.includes(phase) ? { walk_s: 5, pedestrian_clearance_s: 14 } : {}),
    }
    return options.group?.(id, group) ?? group
  })
  const conflicts = [['1', '2'], ['5', '6'], ...MAIN_PHASES.flatMap((a) => SIDE_PHASES.map((b) => [a, b]))]
    .filter((pair) => pair.every((phase) => groups.some((group) => group.id === phase))) as [string, string][]
  return { id, source_id: id, nodes: [id], groups, conflicts, sequence_free: options.sequence_free ?? true }
}

function rings(signal: string, cycle_s: number, offset_s: number, options: ArterialOptions): RingPattern {
  const side = 26
  const left = options.lefts === 'permissive' || options.one_way === true ? 0 : 12
  const ring = (phases: [string, number][]): { phase: string; split_s: number }[] => phases.filter(([, split]) => split > 0).map(([phase, split_s]) => ({ phase, split_s }))
  return {
    kind: 'rings', signal, cycle_s, offset_s, offset_reference: 'begin_of_green', coordinated: options.one_way === true ? ['2'] : ['2', '6'],
    barriers: [
      { rings: [ring([['1', left], ['2', cycle_s - side - left]]), options.one_way === true ? [] : ring([['5', left], ['6', cycle_s - side - left]])] },
      { rings: [ring([['4', side]]), ring([['8', side]])] },
    ],
  }
}

/** Both lefts, both throughs, side street; changes of colour between them. */
function stages(signal: string, cycle_s: number, offset_s: number, options: ArterialOptions): StagePattern {
  const lefts = options.lefts === 'permissive' || options.one_way === true ? [] : [
    { id: 'lefts', kind: 'stage' as const, green: ['1', '5'], duration_s: 8, min_s: 5 },
    { id: 'lefts-main', kind: 'interstage' as const, green: [], duration_s: 4.7 },
  ]
  const used = lefts.reduce((sum, { duration_s }) => sum + duration_s, 0)
  return {
    kind: 'stages', signal, cycle_s, offset_s, offset_reference: 'sequence_start', coordinated: [],
    stages: [
      ...lefts,
      { id: 'main', kind: 'stage', green: options.one_way === true ? ['2'] : ['2', '6'], duration_s: cycle_s - used - 22 - 10.6, min_s: 8 },
      { id: 'main-side', kind: 'interstage', green: [], duration_s: 5.3 },
      { id: 'side', kind: 'stage', green: ['4', '8'], duration_s: 22, min_s: 8 },
      { id: 'side-main', kind: 'interstage', green: [], duration_s: 5.3 },
    ],
  }
}
