// The demo town: three avenues and six streets at Jiaxing's place on the map, made up by rule. Nothing in it was measured. The avenues are its corridors;
// their signals run a plan that nobody coordinated.
import { PASSENGER_CAR, type Demand, type TurningVolume } from '../../model/demand.ts'
import type { Movement, Network, Point, Turn } from '../../model/network.ts'
import type { Corridor, Period, Scenario } from '../../model/scenario.ts'
import { buildStreets } from '../../model/streets/build.ts'
import { coordinateAlong } from '../../model/streets/coordinate.ts'
import type { DrawnLane, DrawnLink, DrawnNode } from '../../model/streets/drawn.ts'
import { uniform } from '../../simulation/kernel/random.ts'
import { shareOfPeak } from './day.ts'

export const DEMO_NETWORK = 'demo-town'

interface Street {
  id: string
  name: string
  /** Metres before it is bent and turned: of avenues to the north, of streets to the east. */
  at_m: number
  lanes: number
  speed_kmh: number
  /** Vehicles an hour that enter at each end in the busiest hour: from the west or south, from the east or north. */
  peak_vph: readonly [number, number]
  /** Of those streets that don't cross every avenue: the first and the last that they do. */
  crosses?: readonly [number, number]
}

const AVENUES: readonly Street[] = [
  { id: 'zhonghuan-road', name: 'Zhonghuan South Road 中环南路', at_m: 0, lanes: 2, speed_kmh: 60, peak_vph: [820, 760] },
  { id: 'nanhu-avenue', name: 'Nanhu Avenue 南湖大道', at_m: 560, lanes: 3, speed_kmh: 60, peak_vph: [1250, 1150] },
  { id: 'zhongshan-road', name: 'Zhongshan Road 中山路', at_m: 1130, lanes: 2, speed_kmh: 50, peak_vph: [760, 800] },
]
const STREETS: readonly Street[] = [
  { id: 'hexing', name: 'Hexing Road 禾兴路', at_m: 0, lanes: 2, speed_kmh: 50, peak_vph: [430, 400] },
  { id: 'jianguo', name: 'Jianguo Road 建国路', at_m: 430, lanes: 1, speed_kmh: 40, peak_vph: [230, 240] },
  { id: 'ziyang', name: 'Ziyang Street 紫阳街', at_m: 800, lanes: 1, speed_kmh: 40, peak_vph: [210, 220], crosses: [1, 2] },
  { id: 'huancheng', name: 'Huancheng Road 环城路', at_m: 1290, lanes: 2, speed_kmh: 50, peak_vph: [420, 440] },
  { id: 'nanxi', name: 'Nanxi Road 南溪路', at_m: 1690, lanes: 1, speed_kmh: 40, peak_vph: [240, 220], crosses: [0, 1] },
  { id: 'jiaxing', name: 'Huayuan Road 花园路', at_m: 2180, lanes: 2, speed_kmh: 50, peak_vph: [400, 380] },
]
/** Of streets beyond the last crossing, where vehicles enter and leave. */
const STUB_M = 330
const POCKET_M = 80
/** Long enough for a dual ring with protected turns and people walking. */
const CYCLE_S = 110
const CURVE_POINTS = 5
const PLACE = { lat: 30.7522, lon: 120.7508, turned_rad: -0.13 } as const
/** Rows that the roads bend by, so that the map is no chessboard. */
const BENDS = { along_m: 46, across_m: 58, every_m: 760 } as const

const SHARES: Record<Turn, number> = { 'through': 1, 'left': 0.16, 'right': 0.18, 'u-turn': 0 }
/** Turning from a street into an avenue is more usual than the other way round. */
const STREET_TURNS = 2.2
const DRAW_OFFSET = 301
const SEED = 20_260_105

/** Streets as they are, whoever plans them; times of day are those of `time_zone`. */
export function demoTown(time_zone: string): Scenario {
  const { nodes, links } = draw()
  const { patterns, notes: _assumed, ...built } = buildStreets({ driving_side: 'right', nodes, links, movements: [] }, { cycle_s: CYCLE_S })
  const coordinate_reference = { kind: 'projected' as const, projection: `+proj=tmerc +lat_0=${PLACE.lat} +lon_0=${PLACE.lon} +ellps=WGS84` }
  const network: Network = { format: 'greenwave.network/1', name: 'Demo town', driving_side: 'right', coordinate_reference, ...built, provenance: 'Made up by rule; nothing in it was measured.' }
  const corridors = AVENUES.map((avenue, row): Corridor => ({ id: avenue.id, name: avenue.name, intersections: crossed(row).map((column) => nodeId(column, row)) }))
  coordinateAlong(network, patterns, corridors)
  // As set up signal by signal over the years: each by itself, nobody looked along the street.
  patterns.forEach((pattern, i) => { pattern.offset_s = Math.floor(uniform(SEED, i, 0, DRAW_OFFSET) * pattern.cycle_s) })
  const demand = demandOf(network)
  return {
    scenario: {
      format: 'greenwave.scenario/1', name: 'Demo town', time_zone, coordinate_reference, corridors, periods: PERIODS.map((period) => ({ ...period })),
      description: 'A made-up town of sixteen signals at Jiaxing\'s place on the map. Streets, traffic and timing are simulated and were measured nowhere.',
    },
    network, demand,
    timing: { format: 'greenwave.timing/1', plans: [{ id: 'running', name: 'Set up signal by signal', patterns }], schedule: [{ weekdays: [1, 2, 3, 4, 5, 6, 7], start_s: 0, plan: 'running' }] },
  }
}

const HOUR_S = 3600
const PERIODS: readonly Period[] = [
  { id: 'morning', name: 'morning peak 7:30-9:00', start_s: 7.5 * HOUR_S, end_s: 9 * HOUR_S },
  { id: 'midday', name: 'midday 11:00-14:00', start_s: 11 * HOUR_S, end_s: 14 * HOUR_S },
  { id: 'evening', name: 'evening peak 17:00-19:00', start_s: 17 * HOUR_S, end_s: 19 * HOUR_S },
]

const nodeId = (column: number, row: number): string => `${STREETS[column]?.id ?? (column < 0 ? 'west' : 'east')}-${AVENUES[row]?.id.split('-')[0] ?? (row < 0 ? 'south' : 'north')}`
const crosses = (column: number, row: number): boolean => {
  const [first, last] = STREETS[column]!.crosses ?? [0, AVENUES.length - 1]
  return row >= first && row <= last
}
const crossed = (row: number): number[] => STREETS.flatMap((_, column) => (crosses(column, row) ? [column] : []))

/** From the chessboard to the plane: bent, and turned a little. */
function place(u: number, v: number): Point {
  const x = u + BENDS.along_m * Math.sin(v / BENDS.every_m + 0.6)
  const y = v + BENDS.across_m * Math.sin(u / BENDS.every_m)
  const [cos, sin] = [Math.cos(PLACE.turned_rad), Math.sin(PLACE.turned_rad)]
  const [cx, cy] = [x - 1090, y - 560]
  return [cx * cos - cy * sin, cx * sin + cy * cos]
}

interface Draft { nodes: DrawnNode[]; links: DrawnLink[] }

function draw(): Draft {
  const draft: Draft = { nodes: [], links: [] }
  AVENUES.forEach((avenue, row) => {
    const stops = [{ id: nodeId(-1, row), u: -STUB_M }, ...crossed(row).map((column) => ({ id: nodeId(column, row), u: STREETS[column]!.at_m })), { id: nodeId(STREETS.length, row), u: STREETS.at(-1)!.at_m + STUB_M }]
    for (const column of crossed(row)) addNode(draft, nodeId(column, row), place(STREETS[column]!.at_m, avenue.at_m), `${avenue.name} / ${STREETS[column]!.name}`)
    for (const { id, u } of [stops[0]!, stops.at(-1)!]) addNode(draft, id, place(u, avenue.at_m))
    for (let i = 1; i < stops.length; i++) addStreet(draft, avenue, stops[i - 1]!, stops[i]!, (u) => place(u, avenue.at_m))
  })
  STREETS.forEach((street, column) => {
    const rows = AVENUES.flatMap((_, row) => (crosses(column, row) ? [row] : []))
    const [south, north] = [`${street.id}-south`, `${street.id}-north`]
    const stops = rows.map((row) => ({ id: nodeId(column, row), u: AVENUES[row]!.at_m }))
    // A street that ends at an avenue in between goes no farther: a T.
    if (rows[0] === 0) stops.unshift({ id: south, u: -STUB_M })
    if (rows.at(-1) === AVENUES.length - 1) stops.push({ id: north, u: AVENUES.at(-1)!.at_m + STUB_M })
    for (const { id, u } of stops) if (id === south || id === north) addNode(draft, id, place(street.at_m, u))
    for (let i = 1; i < stops.length; i++) addStreet(draft, street, stops[i - 1]!, stops[i]!, (v) => place(street.at_m, v))
  })
  return draft
}

function addNode({ nodes }: Draft, id: string, at_m: Point, name?: string): void {
  nodes.push({ id, source_id: id, at_m, control: name === undefined ? 'none' : 'signal', ...(name === undefined ? {} : { name }), place: { element: `node ${id}` } })
}

/** Both directions between two stops. A pocket for left turns where the link leads to a signal. */
function addStreet({ nodes, links }: Draft, street: Street, from: { id: string; u: number }, to: { id: string; u: number }, at: (u: number) => Point): void {
  const points = Array.from({ length: CURVE_POINTS + 1 }, (_, i) => at(from.u + ((to.u - from.u) * i) / CURVE_POINTS))
  for (const [a, b, points_m] of [[from.id, to.id, points], [to.id, from.id, points.toReversed()]] as const) {
    const signal = nodes.some(({ id, control }) => id === b && control === 'signal')
    const through: DrawnLane[] = Array.from({ length: street.lanes }, (_, i) => ({ width_m: 3.5, ...(signal ? { turns: i === 0 ? ['through', 'right'] : ['through'] } : {}) }))
    links.push({
      id: `${a}_${b}`, source_id: `${a}_${b}`, from: a, to: b, name: street.name, points_m, speed_mps: street.speed_kmh / 3.6, rank: street.lanes * 10, place: { element: `link ${a}_${b}` },
      lanes: signal ? [...through, { width_m: 3.25, pocket_m: POCKET_M, turns: ['left'] }] : through,
    })
  }
}

/** Turning volumes by the hour, so that what enters at the edges goes on through the town until it leaves. */
function demandOf(network: Network): Demand {
  const hours = Array.from({ length: 24 }, (_, hour) => hour)
  const flows = hours.map((hour) => turningFlows(network, (hour + 0.5) * HOUR_S))
  return {
    format: 'greenwave.demand/1', intervals: hours.map((hour) => ({ id: `${hour}`, start_s: hour * HOUR_S, end_s: (hour + 1) * HOUR_S })),
    volumes: network.movements.map(({ id }, i): TurningVolume => ({ movement: id, volume_vph: flows.map((flow) => Math.round(flow[i]!)) })),
    vehicle_types: [PASSENGER_CAR], routes: [], vehicles: { depart_s: [], route: [], type: [] },
  }
}

/** Sweeps until every link passes on what it gets; ways through this town have fewer links. */
const SWEEPS = 60

function turningFlows({ links, nodes, movements }: Network, time_s: number): number[] {
  const boundary = new Set(nodes.filter(({ kind }) => kind === 'boundary').map(({ id }) => id))
  const entering = new Map(links.filter(({ from }) => boundary.has(from)).map((link) => [link.id, entryOf(link.name, link.from) * shareOfPeak(time_s, link.from.startsWith('west') || link.from.endsWith('south'))]))
  const share = sharesOf(movements, new Map(links.map((link) => [link.id, link.name])))
  const flow = new Map(entering)
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const next = new Map(entering)
    movements.forEach(({ from, to }, i) => next.set(to, (next.get(to) ?? 0) + (flow.get(from) ?? 0) * share[i]!))
    for (const [id, value] of next) flow.set(id, value)
  }
  return movements.map(({ from }, i) => (flow.get(from) ?? 0) * share[i]!)
}

function entryOf(name: string | undefined, from: string): number {
  const street = [...AVENUES, ...STREETS].find((one) => one.name === name)!
  return street.peak_vph[from.startsWith('west') || from.endsWith('south') ? 0 : 1]
}

function sharesOf(movements: readonly Movement[], nameOf: ReadonlyMap<string, string | undefined>): number[] {
  const isStreet = (link: string): boolean => STREETS.some(({ name }) => name === nameOf.get(link))
  const weight = ({ from, turn }: Movement): number => SHARES[turn] * (turn !== 'through' && isStreet(from) ? STREET_TURNS : 1)
  const sums = new Map<string, number>()
  for (const movement of movements) sums.set(movement.from, (sums.get(movement.from) ?? 0) + weight(movement))
  return movements.map((movement) => weight(movement) / sums.get(movement.from)!)
}
