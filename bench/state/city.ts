// A made-up city: an arterial with left-turn pockets and protected lefts, crossed by streets with permissive lefts; written as
// plain files and built by netconvert.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { draw, drawNormal } from '../../state/matching/testing/draw.ts'
import { runTimed } from '../sumo/run-sumo.ts'
import type { Layout } from './layouts.ts'

const WARM_UP_S = 600
const HOUR_S = 3600
/** Counted and observed: an hour after the city has filled. */
export const WINDOW_S: readonly [number, number] = [WARM_UP_S, WARM_UP_S + HOUR_S]
/** Saturation flow that the loads are reckoned with. */
const LANE_VPH = 1900

export interface CityOptions {
  layout: Layout
  signals: number
  /** Degree of saturation of the heavier way. */
  load: number
  seed: number
}

interface Turning { from: string; to: string; lanes: [number, number][]; turn: 'left' | 'through' | 'right' }

/** Stage lengths of a junction: main through, main left, side; each with 5 s of change. */
const stagesOf = ({ cycle_s, left_s, sides_s }: Layout, j: number): [number, number, number] => {
  const side = sides_s[j % sides_s.length]!
  return [cycle_s - 15 - left_s - side, left_s, side]
}

const lanesUpTo = (count: number): [number, number][] => Array.from({ length: count }, (_, k) => [k, k])

function turningsOf({ main_lanes, side_lanes }: Layout, j: number, count: number): Turning[] {
  const west = j === 0 ? 'Win' : `E${j - 1}`
  const east = j === count - 1 ? 'Ein' : `W${j}`
  const outEast = j === count - 1 ? 'Eout' : `E${j}`
  const outWest = j === 0 ? 'Wout' : `W${j - 1}`
  const main = (from: string, to: string, right: string, left: string): Turning[] => [
    { from: `${from}p`, to: right, lanes: [[0, 0]], turn: 'right' },
    { from: `${from}p`, to, lanes: lanesUpTo(main_lanes), turn: 'through' },
    { from: `${from}p`, to: left, lanes: [[main_lanes, side_lanes - 1]], turn: 'left' },
  ]
  const side = (from: string, to: string, right: string, left: string): Turning[] => [
    { from, to: right, lanes: [[0, 0]], turn: 'right' },
    { from, to, lanes: lanesUpTo(side_lanes), turn: 'through' },
    { from, to: left, lanes: [[side_lanes - 1, main_lanes - 1]], turn: 'left' },
  ]
  return [
    ...main(west, outEast, `Sout${j}`, `Nout${j}`), ...main(east, outWest, `Nout${j}`, `Sout${j}`),
    ...side(`Sin${j}`, `Nout${j}`, outEast, outWest), ...side(`Nin${j}`, `Sout${j}`, outWest, outEast),
  ]
}

/** The net file, built in a folder. */
export async function buildCity({ signals, layout }: CityOptions, folder: string): Promise<string> {
  const { spacing_m, pocket_m, side_m, speed_mps, main_lanes, side_lanes } = layout
  const nodes: string[] = []
  const edges: string[] = []
  const node = (id: string, x: number, y: number, type: string): void => { nodes.push(`<node id="${id}" x="${x}" y="${y}" type="${type}"${type === 'traffic_light' ? ` tl="${id}"` : ''}/>`) }
  const edge = (id: string, from: string, to: string, lanes: number, priority: number): void => { edges.push(`<edge id="${id}" from="${from}" to="${to}" numLanes="${lanes}" speed="${speed_mps}" priority="${priority}"/>`) }
  /** An approach whose last metres have a lane more. */
  const approach = (id: string, from: string, to: string, x: number, y: number): void => {
    node(`${id}w`, x, y, 'priority')
    edge(id, from, `${id}w`, main_lanes, 3)
    edge(`${id}p`, `${id}w`, to, main_lanes + 1, 3)
  }
  let x = 0
  node('west', 0, 0, 'dead_end')
  for (let j = 0; j < signals; j++) {
    const from = x
    x += spacing_m[j % spacing_m.length]!
    const before = j === 0 ? 'west' : `J${j - 1}`
    node(`J${j}`, x, 0, 'traffic_light')
    approach(j === 0 ? 'Win' : `E${j - 1}`, before, `J${j}`, x - pocket_m, 0)
    if (j === 0) edge('Wout', 'J0', 'west', main_lanes, 3)
    else approach(`W${j - 1}`, `J${j}`, before, from + pocket_m, 0)
    for (const [name, sign] of [['N', 1], ['S', -1]] as const) {
      node(`${name}${j}`, x, sign * side_m, 'dead_end')
      edge(`${name}in${j}`, `${name}${j}`, `J${j}`, side_lanes, 2)
      edge(`${name}out${j}`, `J${j}`, `${name}${j}`, side_lanes, 2)
    }
  }
  const end = x + spacing_m[signals % spacing_m.length]!
  node('east', end, 0, 'dead_end')
  edge('Eout', `J${signals - 1}`, 'east', main_lanes, 3)
  approach('Ein', 'east', `J${signals - 1}`, x + pocket_m, 0)
  await write(folder, layout, signals, nodes, edges)
  await runTimed('netconvert', ['-n', 'city.nod.xml', '-e', 'city.edg.xml', '-x', 'city.con.xml', '-i', 'city.tll.xml', '-X', 'never', '-o', 'city.net.xml', '--no-turnarounds', 'true', '--no-warnings', 'true'], folder)
  return join(folder, 'city.net.xml')
}

async function write(folder: string, layout: Layout, signals: number, nodes: string[], edges: string[]): Promise<void> {
  const connections: string[] = []
  const lights: string[] = []
  for (let j = 0; j < signals; j++) {
    const turnings = turningsOf(layout, j, signals)
    const indexed = turnings.flatMap(({ from, to, lanes, turn }) => lanes.map(([a, b]) => ({ from, to, a, b, turn, main: from.endsWith('p') })))
    const [through, left, side] = stagesOf(layout, j)
    const state = (main: string, mainLeft: string, sideAll: string, sideLeft: string): string => indexed.map(({ turn, main: isMain }) => (isMain ? (turn === 'left' ? mainLeft : main) : turn === 'left' ? sideLeft : sideAll)).join('')
    const phases: [number, string][] = [
      [through, state('G', 'r', 'r', 'r')], [3, state('y', 'r', 'r', 'r')], [2, state('r', 'r', 'r', 'r')],
      [left, state('r', 'G', 'r', 'r')], [3, state('r', 'y', 'r', 'r')], [2, state('r', 'r', 'r', 'r')],
      [side, state('r', 'r', 'G', 'g')], [3, state('r', 'r', 'y', 'y')], [2, state('r', 'r', 'r', 'r')],
    ]
    lights.push(`<tlLogic id="J${j}" type="static" programID="0" offset="${layout.offset_s(layout, j)}">${phases.map(([duration, text]) => `<phase duration="${duration}" state="${text}"/>`).join('')}</tlLogic>`)
    indexed.forEach(({ from, to, a, b }, k) => {
      connections.push(`<connection from="${from}" to="${to}" fromLane="${a}" toLane="${b}"/>`)
      lights.push(`<connection from="${from}" to="${to}" fromLane="${a}" toLane="${b}" tl="J${j}" linkIndex="${k}"/>`)
    })
  }
  for (const { id } of edges.flatMap((text) => { const found = / id="([^"]*)p" /.exec(text); return found ? [{ id: found[1]! }] : [] })) {
    for (const [a, b] of [...lanesUpTo(layout.main_lanes), [layout.main_lanes - 1, layout.main_lanes]]) connections.push(`<connection from="${id}" to="${id}p" fromLane="${a}" toLane="${b}"/>`)
  }
  await writeFile(join(folder, 'city.nod.xml'), `<nodes>${nodes.join('\n')}</nodes>`)
  await writeFile(join(folder, 'city.edg.xml'), `<edges>${edges.join('\n')}</edges>`)
  await writeFile(join(folder, 'city.con.xml'), `<connections>${connections.join('\n')}</connections>`)
  await writeFile(join(folder, 'city.tll.xml'), `<tlLogics>${lights.filter((text) => text.startsWith('<tlLogic')).join('\n')}\n${lights.filter((text) => text.startsWith('<conn')).join('\n')}</tlLogics>`)
}

/** A vehicle of a day: when, and by which edges. */
export interface CityTrip {
  depart_s: number
  edges: string[]
}

/** Trips of one day, by departure: the demand of entries varies by 7 % from day to day together and by 4 % each. */
export function tripsOf({ layout, signals, load, seed }: CityOptions, day: number): CityTrip[] {
  const common = Math.exp(0.07 * drawNormal(seed, day, 0, 1))
  const [through] = stagesOf(layout, 0)
  const capacity = (LANE_VPH * layout.main_lanes * through) / layout.cycle_s
  const entries: { edge: string; vph: number; at: number; from: Side }[] = [
    { edge: 'Win', vph: load * capacity * 0.95, at: 0, from: 'W' }, { edge: 'Ein', vph: 0.7 * load * capacity, at: signals - 1, from: 'E' },
  ]
  for (let j = 0; j < signals; j++) {
    const side = (stagesOf(layout, j)[2] * LANE_VPH * 0.6 * layout.side_lanes) / layout.cycle_s
    entries.push({ edge: `Nin${j}`, vph: load * side * [0.9, 0.5, 0.7][j % 3]!, at: j, from: 'N' }, { edge: `Sin${j}`, vph: load * side * [0.4, 0.8, 0.6][j % 3]!, at: j, from: 'S' })
  }
  return entries.flatMap(({ edge, vph, at, from }, e) => {
    const rate = (vph * common * Math.exp(0.04 * drawNormal(seed, day, e, 3))) / HOUR_S
    const list: CityTrip[] = []
    for (let time = 0, k = 0; ; k++) {
      time -= Math.log(draw(seed, (day * 100 + e) * 10_000 + k, 0, 5)) / rate
      if (time >= WINDOW_S[1]) return list
      list.push({ depart_s: time, edges: wander(layout, signals, edge, at, from, (step) => draw(seed, (day * 100 + e) * 10_000 + k, step, 7)) })
    }
  }).sort((a, b) => a.depart_s - b.depart_s)
}

/** As SUMO's routes; out: the file. */
export async function writeTrips(trips: readonly CityTrip[], day: number, folder: string): Promise<string> {
  const text = trips.map(({ depart_s, edges }, k) => `<vehicle id="${k}" type="car" depart="${depart_s.toFixed(2)}" departLane="best" departSpeed="max" departPos="0"><route edges="${edges.join(' ')}"/></vehicle>`)
  const file = join(folder, `day-${day}.rou.xml`)
  await writeFile(file, `<routes><vType id="car" speedDev="0.1"/>\n${text.join('\n')}\n</routes>`)
  return file
}

type Side = 'W' | 'E' | 'N' | 'S'

function wander({ main_turns, side_turns }: Layout, signals: number, entry: string, at: number, side: Side, draw: (step: number) => number): string[] {
  const edges = [entry]
  let [j, from] = [at, side]
  for (let step = 0; ; step++) {
    const main = from === 'W' || from === 'E'
    if (main) edges.push(`${edges.at(-1)!}p`)
    const { left, right } = main ? main_turns : side_turns
    const u = draw(step)
    // Clockwise: who comes from the west goes on to the east, left to the north, right to the south.
    const order = 'WNES'
    const to = order[(order.indexOf(from) + (u < left ? 1 : u < left + right ? 3 : 2)) % 4] as Side
    if (to === 'N' || to === 'S') return [...edges, `${to}out${j}`]
    if (to === 'E' && j === signals - 1) return [...edges, 'Eout']
    if (to === 'W' && j === 0) return [...edges, 'Wout']
    edges.push(to === 'E' ? `E${j}` : `W${j - 1}`)
    j += to === 'E' ? 1 : -1
    from = to === 'E' ? 'W' : 'E'
  }
}
