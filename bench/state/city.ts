// A city of SUMO's own: an arterial of three lanes each way with left-turn pockets and protected lefts, crossed by streets with
// permissive lefts; written as plain files and built by netconvert. Eastbound meets a green wave, westbound does not.
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { draw, drawNormal } from '../../state/matching/testing/draw.ts'
import { runTimed } from '../sumo/run-sumo.ts'

const SPACING_M = [420, 310, 500, 260, 450, 340, 420]
const SIDE_M = 350
const POCKET_M = 90
const SPEED_MPS = 13.89
export const CYCLE_S = 90
const WARM_UP_S = 600
const HOUR_S = 3600
/** Counted and observed: an hour after the city has filled. */
export const WINDOW_S: readonly [number, number] = [WARM_UP_S, WARM_UP_S + HOUR_S]
const MAIN_TURNS = { left: 0.08, right: 0.09 }
const SIDE_TURNS = { left: 0.25, right: 0.3 }
/** Saturation flow that the loads are reckoned with. */
const LANE_VPH = 1900

export interface CityOptions {
  signals: number
  /** Degree of saturation of the heavier way. */
  load: number
  seed: number
}

interface Turning { from: string; to: string; lanes: [number, number][]; turn: 'left' | 'through' | 'right' }

/** Stage lengths of a junction: main through, main left, side; each with 5 s of change. */
const stagesOf = (j: number): [number, number, number] => {
  const side = [27, 22, 30, 24, 28, 25][j % 6]!
  return [75 - 12 - side, 12, side]
}

function turningsOf(j: number, count: number): Turning[] {
  const west = j === 0 ? 'Win' : `E${j - 1}`
  const east = j === count - 1 ? 'Ein' : `W${j}`
  const outEast = j === count - 1 ? 'Eout' : `E${j}`
  const outWest = j === 0 ? 'Wout' : `W${j - 1}`
  const main = (from: string, to: string, right: string, left: string): Turning[] => [
    { from: `${from}p`, to: right, lanes: [[0, 0]], turn: 'right' },
    { from: `${from}p`, to, lanes: [[0, 0], [1, 1], [2, 2]], turn: 'through' },
    { from: `${from}p`, to: left, lanes: [[3, 1]], turn: 'left' },
  ]
  const side = (from: string, to: string, right: string, left: string): Turning[] => [
    { from, to: right, lanes: [[0, 0]], turn: 'right' },
    { from, to, lanes: [[0, 0], [1, 1]], turn: 'through' },
    { from, to: left, lanes: [[1, 2]], turn: 'left' },
  ]
  return [
    ...main(west, outEast, `Sout${j}`, `Nout${j}`), ...main(east, outWest, `Nout${j}`, `Sout${j}`),
    ...side(`Sin${j}`, `Nout${j}`, outEast, outWest), ...side(`Nin${j}`, `Sout${j}`, outWest, outEast),
  ]
}

/** The net file, built in a folder. */
export async function buildCity({ signals }: CityOptions, folder: string): Promise<string> {
  const nodes: string[] = []
  const edges: string[] = []
  const node = (id: string, x: number, y: number, type: string): void => { nodes.push(`<node id="${id}" x="${x}" y="${y}" type="${type}"${type === 'traffic_light' ? ` tl="${id}"` : ''}/>`) }
  const edge = (id: string, from: string, to: string, lanes: number, priority: number): void => { edges.push(`<edge id="${id}" from="${from}" to="${to}" numLanes="${lanes}" speed="${SPEED_MPS}" priority="${priority}"/>`) }
  /** An approach whose last metres have a lane more. */
  const approach = (id: string, from: string, to: string, x: number, y: number): void => {
    node(`${id}w`, x, y, 'priority')
    edge(id, from, `${id}w`, 3, 3)
    edge(`${id}p`, `${id}w`, to, 4, 3)
  }
  let x = 0
  node('west', 0, 0, 'dead_end')
  for (let j = 0; j < signals; j++) {
    const from = x
    x += SPACING_M[j % SPACING_M.length]!
    const before = j === 0 ? 'west' : `J${j - 1}`
    node(`J${j}`, x, 0, 'traffic_light')
    approach(j === 0 ? 'Win' : `E${j - 1}`, before, `J${j}`, x - POCKET_M, 0)
    if (j === 0) edge('Wout', 'J0', 'west', 3, 3)
    else approach(`W${j - 1}`, `J${j}`, before, from + POCKET_M, 0)
    for (const [name, sign] of [['N', 1], ['S', -1]] as const) {
      node(`${name}${j}`, x, sign * SIDE_M, 'dead_end')
      edge(`${name}in${j}`, `${name}${j}`, `J${j}`, 2, 2)
      edge(`${name}out${j}`, `J${j}`, `${name}${j}`, 2, 2)
    }
  }
  const end = x + SPACING_M[signals % SPACING_M.length]!
  node('east', end, 0, 'dead_end')
  edge('Eout', `J${signals - 1}`, 'east', 3, 3)
  approach('Ein', 'east', `J${signals - 1}`, x + POCKET_M, 0)
  await write(folder, signals, nodes, edges)
  await runTimed('netconvert', ['-n', 'city.nod.xml', '-e', 'city.edg.xml', '-x', 'city.con.xml', '-i', 'city.tll.xml', '-X', 'never', '-o', 'city.net.xml', '--no-turnarounds', 'true', '--no-warnings', 'true'], folder)
  return join(folder, 'city.net.xml')
}

async function write(folder: string, signals: number, nodes: string[], edges: string[]): Promise<void> {
  const connections: string[] = []
  const lights: string[] = []
  let travel = 0
  for (let j = 0; j < signals; j++) {
    const turnings = turningsOf(j, signals)
    const indexed = turnings.flatMap(({ from, to, lanes, turn }) => lanes.map(([a, b]) => ({ from, to, a, b, turn, main: from.endsWith('p') })))
    const [through, left, side] = stagesOf(j)
    const state = (main: string, mainLeft: string, sideAll: string, sideLeft: string): string => indexed.map(({ turn, main: isMain }) => (isMain ? (turn === 'left' ? mainLeft : main) : turn === 'left' ? sideLeft : sideAll)).join('')
    const phases: [number, string][] = [
      [through, state('G', 'r', 'r', 'r')], [3, state('y', 'r', 'r', 'r')], [2, state('r', 'r', 'r', 'r')],
      [left, state('r', 'G', 'r', 'r')], [3, state('r', 'y', 'r', 'r')], [2, state('r', 'r', 'r', 'r')],
      [side, state('r', 'r', 'G', 'g')], [3, state('r', 'r', 'y', 'y')], [2, state('r', 'r', 'r', 'r')],
    ]
    if (j > 0) travel += SPACING_M[j]! / SPEED_MPS
    lights.push(`<tlLogic id="J${j}" type="static" programID="0" offset="${Math.round(travel + 7 * j) % CYCLE_S}">${phases.map(([duration, text]) => `<phase duration="${duration}" state="${text}"/>`).join('')}</tlLogic>`)
    indexed.forEach(({ from, to, a, b }, k) => {
      connections.push(`<connection from="${from}" to="${to}" fromLane="${a}" toLane="${b}"/>`)
      lights.push(`<connection from="${from}" to="${to}" fromLane="${a}" toLane="${b}" tl="J${j}" linkIndex="${k}"/>`)
    })
  }
  for (const { id } of edges.flatMap((text) => { const found = / id="([^"]*)p" /.exec(text); return found ? [{ id: found[1]! }] : [] })) {
    for (const [a, b] of [[0, 0], [1, 1], [2, 2], [2, 3]]) connections.push(`<connection from="${id}" to="${id}p" fromLane="${a}" toLane="${b}"/>`)
  }
  await writeFile(join(folder, 'city.nod.xml'), `<nodes>${nodes.join('\n')}</nodes>`)
  await writeFile(join(folder, 'city.edg.xml'), `<edges>${edges.join('\n')}</edges>`)
  await writeFile(join(folder, 'city.con.xml'), `<connections>${connections.join('\n')}</connections>`)
  await writeFile(join(folder, 'city.tll.xml'), `<tlLogics>${lights.filter((text) => text.startsWith('<tlLogic')).join('\n')}\n${lights.filter((text) => text.startsWith('<conn')).join('\n')}</tlLogics>`)
}

/** Routes of one day: the demand of entries varies by 7 % from day to day together and by 4 % each. */
export async function writeDay({ signals, load, seed }: CityOptions, day: number, folder: string): Promise<string> {
  const common = Math.exp(0.07 * drawNormal(seed, day, 0, 1))
  const [through] = stagesOf(0)
  const capacity = (LANE_VPH * 3 * through) / CYCLE_S
  const entries: { edge: string; vph: number; at: number; from: 'W' | 'E' | 'N' | 'S' }[] = [
    { edge: 'Win', vph: load * capacity * 0.95, at: 0, from: 'W' }, { edge: 'Ein', vph: 0.7 * load * capacity, at: signals - 1, from: 'E' },
  ]
  for (let j = 0; j < signals; j++) {
    const side = (stagesOf(j)[2] * LANE_VPH * 1.2) / CYCLE_S
    entries.push({ edge: `Nin${j}`, vph: load * side * [0.9, 0.5, 0.7][j % 3]!, at: j, from: 'N' }, { edge: `Sin${j}`, vph: load * side * [0.4, 0.8, 0.6][j % 3]!, at: j, from: 'S' })
  }
  const trips = entries.flatMap(({ edge, vph, at, from }, e) => {
    const rate = (vph * common * Math.exp(0.04 * drawNormal(seed, day, e, 3))) / HOUR_S
    const list: { depart: number; edges: string[] }[] = []
    for (let time = 0, k = 0; ; k++) {
      time -= Math.log(draw(seed, (day * 100 + e) * 10_000 + k, 0, 5)) / rate
      if (time >= WINDOW_S[1]) return list
      list.push({ depart: time, edges: wander(signals, edge, at, from, (step) => draw(seed, (day * 100 + e) * 10_000 + k, step, 7)) })
    }
  }).sort((a, b) => a.depart - b.depart)
  const text = trips.map(({ depart, edges }, k) => `<vehicle id="${k}" type="car" depart="${depart.toFixed(2)}" departLane="best" departSpeed="max" departPos="0"><route edges="${edges.join(' ')}"/></vehicle>`)
  const file = join(folder, `day-${day}.rou.xml`)
  await writeFile(file, `<routes><vType id="car" speedDev="0.1"/>\n${text.join('\n')}\n</routes>`)
  return file
}

function wander(signals: number, entry: string, at: number, side: 'W' | 'E' | 'N' | 'S', draw: (step: number) => number): string[] {
  const edges = [entry]
  let [j, from] = [at, side]
  for (let step = 0; ; step++) {
    const main = from === 'W' || from === 'E'
    if (main) edges.push(`${edges.at(-1)!}p`)
    const { left, right } = main ? MAIN_TURNS : SIDE_TURNS
    const u = draw(step)
    // Clockwise: who comes from the west goes on to the east, left to the north, right to the south.
    const order = 'WNES'
    const to = order[(order.indexOf(from) + (u < left ? 1 : u < left + right ? 3 : 2)) % 4] as 'W' | 'E' | 'N' | 'S'
    if (to === 'N' || to === 'S') return [...edges, `${to}out${j}`]
    if (to === 'E' && j === signals - 1) return [...edges, 'Eout']
    if (to === 'W' && j === 0) return [...edges, 'Wout']
    edges.push(to === 'E' ? `E${j}` : `W${j - 1}`)
    j += to === 'E' ? 1 : -1
    from = to === 'E' ? 'W' : 'E'
  }
}
