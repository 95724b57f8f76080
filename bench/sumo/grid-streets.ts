// Streets on a grid with a signal at every crossing, drawn by code: columns of crossings from west to east, rows from south
// to north, a stub of street at every edge. A corridor is one row. Right of way and conflicts follow from the drawing.
import type { Connection, Link, Movement, Network, NetworkNode, RightOfWay, Turn } from '../../model/network.ts'
import type { Pattern, Signal, Stage } from '../../model/signal.ts'
import { addJunction, twoStage, type Arm, type JunctionSpec } from '../../simulation/testing/junctions.ts'
import { NetworkBuilder } from '../../simulation/testing/networks.ts'

export interface Street {
  lanes: number
  speed_mps: number
  /** Own left-turn lanes of this length at signals, m. */
  pocket_m?: number
}

export interface GridSpec {
  columns: number
  rows: number
  /** Between crossings along a row and along a column, m. */
  spacing_m: (place: { row: number; column: number }) => readonly [along_row: number, along_column: number]
  /** Streets from west to east, and from south to north. */
  row: (row: number) => Street
  column: (column: number) => Street
  cycle_s: number
  /** Green of the row's stage as a share of all green. */
  row_share: (place: { row: number; column: number }) => number
  offset_s?: (place: { row: number; column: number }) => number
  /** Lefts in stages of their own, which wants pockets on every arm; absent = nowhere. */
  protectedLefts?: (place: { row: number; column: number }) => boolean
}

export interface GridStreets {
  network: Network
  patterns: Pattern[]
  /** Index of the link from a crossing towards an arm: [column, row, arm]; edges of the grid included. */
  linkOut: (column: number, row: number, arm: Arm) => number
  /** Index of the link that comes from an arm to a crossing. */
  linkIn: (column: number, row: number, arm: Arm) => number
}

const YELLOW_S = 3
const ALL_RED_S = 2
const STEP: Record<Arm, readonly [number, number]> = { N: [0, 1], E: [1, 0], S: [0, -1], W: [-1, 0] }
const ARMS = ['N', 'E', 'S', 'W'] as const

const nodeName = (column: number, row: number): string => `c${column}r${row}`
const linkName = (column: number, row: number, arm: Arm): string => `${nodeName(column, row)}>${nodeName(column + STEP[arm][0], row + STEP[arm][1])}`
const opposite: Record<Arm, Arm> = { N: 'S', E: 'W', S: 'N', W: 'E' }
const inName = (column: number, row: number, arm: Arm): string => linkName(column + STEP[arm][0], row + STEP[arm][1], opposite[arm])

export function gridStreets(spec: GridSpec): GridStreets {
  const places = placesOf(spec)
  const links = new Map<string, Link>()
  const [movements, connections, signals, patterns]: [Movement[], Connection[], Signal[], Pattern[]] = [[], [], [], []]
  for (let row = 0; row < spec.rows; row++) {
    for (let column = 0; column < spec.columns; column++) {
      const part = crossing(spec, column, row, places)
      // A link is finished by the crossing it leads to, which knows its pocket.
      for (const link of part.links) if (!links.has(link.id) || link.to === nodeName(column, row)) links.set(link.id, link)
      movements.push(...part.movements)
      connections.push(...part.connections)
      signals.push(signalAt(nodeName(column, row), spec.protectedLefts?.({ row, column }) ?? false))
      patterns.push(patternAt(spec, column, row))
    }
  }
  const list = [...links.values()]
  const index = new Map(list.map((link, i) => [link.id, i]))
  return {
    network: {
      format: 'greenwave.network/1', name: `${spec.columns} x ${spec.rows} crossings`, driving_side: 'right', coordinate_reference: { kind: 'local' },
      nodes: nodesOf(spec, places), links: list, movements, connections, signals,
    },
    patterns,
    linkOut: (column, row, arm) => index.get(linkName(column, row, arm))!,
    linkIn: (column, row, arm) => index.get(inName(column, row, arm))!,
  }
}

/** Coordinates of crossings and of the ends of stubs. */
function placesOf(spec: GridSpec): (column: number, row: number) => readonly [number, number] {
  const [x, y] = [[0], [0]]
  for (let column = -1; column < spec.columns; column++) x.push(x.at(-1)! + spec.spacing_m({ row: 0, column })[0])
  for (let row = -1; row < spec.rows; row++) y.push(y.at(-1)! + spec.spacing_m({ row, column: 0 })[1])
  return (column, row) => [x[column + 1]!, y[row + 1]!]
}

function nodesOf(spec: GridSpec, places: (column: number, row: number) => readonly [number, number]): NetworkNode[] {
  const nodes: NetworkNode[] = []
  for (let row = -1; row <= spec.rows; row++) {
    for (let column = -1; column <= spec.columns; column++) {
      const outside = [row < 0 || row === spec.rows, column < 0 || column === spec.columns].filter(Boolean).length
      if (outside === 2) continue
      const [x_m, y_m] = places(column, row)
      const id = nodeName(column, row)
      nodes.push({ id, source_id: id, kind: outside === 1 ? 'boundary' : 'signal', x_m, y_m })
    }
  }
  return nodes
}

function crossing(spec: GridSpec, column: number, row: number, places: (column: number, row: number) => readonly [number, number]): Network {
  const builder = new NetworkBuilder()
  const [x, y] = places(column, row)
  const lanes: Partial<Record<Arm, number>> = {}
  const pocket: Partial<Record<Arm, number>> = {}
  for (const arm of ARMS) {
    const street = arm === 'E' || arm === 'W' ? spec.row(row) : spec.column(column)
    const [dx, dy] = STEP[arm]
    const [ax, ay] = places(column + dx, row + dy)
    const length = Math.hypot(ax - x, ay - y)
    lanes[arm] = street.lanes
    if (street.pocket_m !== undefined) pocket[arm] = street.pocket_m
    const pockets = street.pocket_m === undefined ? {} : { pockets: [{ index: street.lanes, length: Math.min(street.pocket_m, length) }] }
    const there = nodeName(column + dx, row + dy)
    const inside = column + dx >= 0 && column + dx < spec.columns && row + dy >= 0 && row + dy < spec.rows
    builder.link({ id: inName(column, row, arm), from: there, to: nodeName(column, row), length, lanes: street.lanes + (street.pocket_m === undefined ? 0 : 1), speed: street.speed_mps, ...pockets })
    builder.link({ id: linkName(column, row, arm), from: nodeName(column, row), to: there, length, lanes: street.lanes + (inside && street.pocket_m !== undefined ? 1 : 0), speed: street.speed_mps, ...(inside ? pockets : {}) })
  }
  const junction: JunctionSpec = { id: nodeName(column, row), at: [x, y], lanes, group: spec.protectedLefts?.({ row, column }) === true ? fourStage : twoStage, waiting: 5, speed: Math.max(spec.row(row).speed_mps, spec.column(column).speed_mps), ...(Object.keys(pocket).length > 0 ? { pocket } : {}) }
  addJunction(builder, junction, (arm, way) => (way === 'in' ? inName(column, row, arm) : linkName(column, row, arm)))
  return builder.build()
}

const fourStage = (arm: Arm, turn: Turn): [string, RightOfWay] => [`${arm === 'E' || arm === 'W' ? 'ew' : 'ns'}${turn === 'left' ? ' left' : ''}`, 'protected']

function signalAt(id: string, four: boolean): Signal {
  const groups = four ? ['ew', 'ew left', 'ns', 'ns left'] : ['ew', 'ns']
  return {
    id, source_id: id, nodes: [id], conflicts: groups.flatMap((a, i) => groups.slice(i + 1).map((b): [string, string] => [a, b])),
    groups: groups.map((group) => ({ id: group, kind: 'vehicle', min_green_s: 5, yellow_s: YELLOW_S, red_clearance_s: ALL_RED_S })),
  }
}

/** Green of a stage for lefts only, s. */
const LEFT_S = 9

function patternAt(spec: GridSpec, column: number, row: number): Pattern {
  const change = YELLOW_S + ALL_RED_S
  const four = spec.protectedLefts?.({ row, column }) === true
  const left = spec.cycle_s - (four ? 4 * change + 2 * LEFT_S : 2 * change)
  const first = Math.round(left * spec.row_share({ row, column }))
  const greens: [string, number][] = four ? [['ew', first], ['ew left', LEFT_S], ['ns', left - first], ['ns left', LEFT_S]] : [['ew', first], ['ns', left - first]]
  const stages = greens.flatMap(([group, duration_s]): Stage[] => [
    { id: group, kind: 'stage', green: [group], duration_s }, { id: `after ${group}`, kind: 'interstage', green: [], duration_s: change },
  ])
  return {
    kind: 'stages', signal: nodeName(column, row), cycle_s: spec.cycle_s, offset_s: spec.offset_s?.({ row, column }) ?? 0, offset_reference: 'sequence_start', coordinated: ['ew'], stages,
  }
}
