// Four-leg junctions and arterials for tests. Drawn in the plane with right-hand traffic, so that conflicts come from
// geometry as they do in an imported network.
import type { Network, Point, RightOfWay, Turn } from '../../model/network.ts'
import type { CompiledSignal, GreenWindow } from '../../model/plan.ts'
import { findMeeting } from '../prepare/geometry.ts'
import { compiled, NetworkBuilder, SPEED_50 } from './networks.ts'

const ARMS = ['N', 'E', 'S', 'W'] as const
export type Arm = (typeof ARMS)[number]
const UNIT: Record<Arm, Point> = { N: [0, 1], E: [1, 0], S: [0, -1], W: [-1, 0] }
const WIDTH = 3.2

export interface JunctionSpec {
  /** Name of the node; links are `<arm>in` and `<arm>out` with it in front. */
  id?: string
  at?: Point
  /** Approach lanes by arm. The leftmost serves left turns, the rightmost right turns, all of them through. */
  lanes?: Partial<Record<Arm, number>>
  /** Extra left-turn lane of this length on an arm, for lefts only. */
  pocket?: Partial<Record<Arm, number>>
  length?: number
  /** Group of each arm and turn; absent = unsignalised, where E and W go first. */
  group?: (arm: Arm, turn: Turn) => [string, RightOfWay]
  /** Unsignalised, and who comes from the right goes first instead of E and W. */
  rightBeforeLeft?: boolean
  turnOnRed?: boolean
  waiting?: number
  speed?: number
}

const RADIUS = 12

interface Path { id: string; arm: Arm; turn: Turn; fromLane: number; toLane: number; to: Arm; shape: Point[]; length: number }

const add = (p: Point, q: Point, k = 1): Point => [p[0] + k * q[0], p[1] + k * q[1]]
/** To the right of the direction d. */
const right = (d: Point): Point => [d[1], -d[0]]

function curve(a: Point, da: Point, b: Point, db: Point): Point[] {
  const reach = Math.hypot(b[0] - a[0], b[1] - a[1]) * 0.4
  const [p1, p2] = [add(a, da, reach), add(b, db, -reach)]
  return Array.from({ length: 9 }, (_, i) => {
    const t = i / 8
    const [k0, k1, k2, k3] = [(1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t ** 3]
    return [k0 * a[0] + k1 * p1[0] + k2 * p2[0] + k3 * b[0], k0 * a[1] + k1 * p1[1] + k2 * p2[1] + k3 * b[1]] as Point
  })
}

const lengthOf = (shape: Point[]): number => shape.slice(1).reduce((sum, p, i) => sum + Math.hypot(p[0] - shape[i]![0], p[1] - shape[i]![1]), 0)

function turnOf(from: Arm, to: Arm): Turn {
  return (['u-turn', 'left', 'through', 'right'] as const)[(ARMS.indexOf(to) - ARMS.indexOf(from) + 4) % 4]!
}

/** Adds a junction to a builder; `link` names the links of each arm, so that junctions can share them. */
export function addJunction(builder: NetworkBuilder, spec: JunctionSpec, link: (arm: Arm, way: 'in' | 'out') => string): void {
  const paths = listPaths(spec, link)
  const speed = spec.speed ?? SPEED_50
  for (const path of paths) {
    const yields: string[] = []
    const conflicts: string[] = []
    for (const foe of paths) {
      if (foe.arm === path.arm) continue
      const merging = foe.to === path.to && foe.toLane === path.toLane
      if (!merging && findMeeting(path.shape, foe.shape) === undefined) continue
      if (path.turn === 'left' && foe.turn === 'left' && (ARMS.indexOf(foe.arm) - ARMS.indexOf(path.arm) + 4) % 4 === 2) continue
      conflicts.push(foe.id)
      if (spec.rightBeforeLeft === true ? comesFirst(foe, path) : goesFirst(foe, path, spec.group === undefined)) yields.push(foe.id)
    }
    const group = spec.group?.(path.arm, path.turn)
    builder.connect({
      from: link(path.arm, 'in'), to: link(path.to, 'out'), lane: [path.fromLane, path.toLane], turn: path.turn, length: path.length,
      speed: path.turn === 'through' ? speed : path.turn === 'left' ? 8 : 6, shape: path.shape, conflicts, yields,
      ...(group === undefined ? {} : { groups: [group], signal: spec.id ?? 'x' }),
      ...(path.turn === 'left' && spec.waiting !== undefined ? { waiting: spec.waiting } : {}),
      ...(path.turn === 'right' && spec.turnOnRed === true ? { turnOnRed: true } : {}),
    })
  }
}

function goesFirst(foe: Path, path: Path, byRank: boolean): boolean {
  const main = (arm: Arm): number => (arm === 'E' || arm === 'W' ? 1 : 0)
  if (byRank && main(foe.arm) !== main(path.arm)) return main(foe.arm) > main(path.arm)
  const opposing = (ARMS.indexOf(foe.arm) - ARMS.indexOf(path.arm) + 4) % 4 === 2
  if (!opposing) return false
  return path.turn === 'left' && foe.turn !== 'left'
}

/** Right before left; a left turn also yields to who comes towards it. */
function comesFirst(foe: Path, path: Path): boolean {
  const side = (ARMS.indexOf(foe.arm) - ARMS.indexOf(path.arm) + 4) % 4
  return side === 3 || (side === 2 && path.turn === 'left' && foe.turn !== 'left')
}

function listPaths(spec: JunctionSpec, link: (arm: Arm, way: 'in' | 'out') => string): Path[] {
  const paths: Path[] = []
  const lanesOf = (arm: Arm): number => spec.lanes?.[arm] ?? 1
  for (const arm of ARMS) {
    const direction = add([0, 0], UNIT[arm], -1)
    for (const to of ARMS) {
      const turn = turnOf(arm, to)
      if (turn === 'u-turn') continue
      const [n, m, pocket] = [lanesOf(arm), lanesOf(to), spec.pocket?.[arm] !== undefined]
      const lanes = turn === 'right' ? [[0, 0]] : turn === 'left' ? [[pocket ? n : n - 1, m - 1]] : Array.from({ length: Math.min(n, m) }, (_, i) => [i, i])
      for (const [fromLane, toLane] of lanes as [number, number][]) {
        const leave = UNIT[to]
        // Pockets lie in a median as wide as a lane, which all arms have then.
        const median = spec.pocket === undefined ? 0 : WIDTH
        const a = add(add(spec.at ?? [0, 0], UNIT[arm], RADIUS), right(direction), median + (n - fromLane - 0.5) * WIDTH)
        const b = add(add(spec.at ?? [0, 0], leave, RADIUS), right(leave), median + (m - toLane - 0.5) * WIDTH)
        const shape = curve(a, direction, b, leave)
        const id = `${link(arm, 'in')}:${fromLane}->${link(to, 'out')}:${toLane}`
        paths.push({ id, arm, turn, fromLane, toLane, to, shape, length: lengthOf(shape) })
      }
    }
  }
  return paths
}

/** One junction with four arms. Links `Nin`, `Nout`, ... */
export function junction(spec: JunctionSpec = {}): Network {
  const builder = new NetworkBuilder()
  const length = spec.length ?? 300
  for (const arm of ARMS) {
    const lanes = spec.lanes?.[arm] ?? 1
    const pocket = spec.pocket?.[arm]
    builder.link({ id: `${arm}in`, from: arm, to: spec.id ?? 'x', length, lanes: lanes + (pocket === undefined ? 0 : 1), speed: spec.speed ?? SPEED_50, ...(pocket === undefined ? {} : { pockets: [{ index: lanes, length: pocket }] }) })
    builder.link({ id: `${arm}out`, from: spec.id ?? 'x', to: arm, length, lanes, speed: spec.speed ?? SPEED_50 })
  }
  addJunction(builder, spec, (arm, way) => `${arm}${way}`)
  if (spec.rightBeforeLeft === true) builder.rule(spec.id ?? 'x', 'right-before-left')
  return builder.build()
}

/** Two-stage control: E-W, then N-S, lefts permissive. */
export const twoStage = (arm: Arm, turn: Turn): [string, RightOfWay] => [arm === 'E' || arm === 'W' ? 'ew' : 'ns', turn === 'left' ? 'permissive' : 'protected']

/** An arterial of n signals from west to east, two lanes, permissive lefts, links `e<i>` eastbound, `w<i>` westbound, `s<i>in`, `n<i>in`. */
export function arterial(n: number, spacing = 300, waiting = 5): Network {
  const builder = new NetworkBuilder()
  for (let i = 0; i <= n; i++) {
    builder.link({ id: `e${i}`, from: `x${i - 1}`, to: `x${i}`, length: spacing, lanes: 2 })
    builder.link({ id: `w${i}`, from: `x${i}`, to: `x${i - 1}`, length: spacing, lanes: 2 })
  }
  for (let i = 0; i < n; i++) {
    for (const side of ['n', 's'] as const) {
      builder.link({ id: `${side}${i}in`, from: `${side}${i}`, to: `x${i}`, length: 200 })
      builder.link({ id: `${side}${i}out`, from: `x${i}`, to: `${side}${i}`, length: 200 })
    }
    const names: Record<Arm, [string, string]> = { W: [`e${i}`, `w${i}`], E: [`w${i + 1}`, `e${i + 1}`], N: [`n${i}in`, `n${i}out`], S: [`s${i}in`, `s${i}out`] }
    addJunction(builder, { id: `x${i}`, at: [i * spacing, 0], lanes: { E: 2, W: 2 }, group: twoStage, waiting }, (arm, way) => names[arm][way === 'in' ? 0 : 1])
  }
  return builder.build()
}

/** The same network in a mirror: left-hand traffic where it was right-hand. */
export function mirrored(network: Network): Network {
  const over = ([x, y]: Point): Point => [-x, y]
  const swap: Record<Turn, Turn> = { 'left': 'right', 'right': 'left', 'through': 'through', 'u-turn': 'u-turn' }
  return {
    ...network,
    driving_side: network.driving_side === 'right' ? 'left' : 'right',
    nodes: network.nodes.map((node) => ({ ...node, x_m: -node.x_m })),
    links: network.links.map((link) => (link.shape_m === undefined ? link : { ...link, shape_m: link.shape_m.map(over) })),
    movements: network.movements.map((movement) => ({ ...movement, turn: swap[movement.turn] })),
    connections: network.connections.map((connection) => (connection.shape_m === undefined ? connection : { ...connection, shape_m: connection.shape_m.map(over) })),
  }
}

/** A roundabout of one lane with four arms from east, counterclockwise: links `in0` .. `in3`, `out0` .. `out3`, ring `g0` .. `g3`. */
export function roundabout(ring = 18, length = 300): Network {
  const builder = new NetworkBuilder()
  for (let i = 0; i < 4; i++) {
    builder.link({ id: `in${i}`, from: `o${i}`, to: `x${i}`, length })
    builder.link({ id: `out${i}`, from: `x${i}`, to: `o${i}`, length })
    builder.link({ id: `g${i}`, from: `x${i}`, to: `x${(i + 1) % 4}`, length: ring, speed: 7 })
  }
  for (let i = 0; i < 4; i++) {
    const before = `g${(i + 3) % 4}`
    builder.connect({ from: before, to: `g${i}`, lane: [0, 0], length: 8, speed: 7 })
    builder.connect({ from: before, to: `out${i}`, lane: [0, 0], length: 8, speed: 7, turn: 'right' })
    builder.connect({ from: `in${i}`, to: `g${i}`, lane: [0, 0], length: 8, speed: 7, turn: 'right', yields: [`${before}:0->g${i}:0`] })
  }
  return builder.build()
}

/** Both stages with 3 s yellow and 2 s all-red. */
export function twoStageSignal(id: string, cycle: number, offset: number, mainGreen: number): CompiledSignal {
  const ns: GreenWindow = [mainGreen + 5, cycle - 5]
  return compiled(id, cycle, offset, { ew: [[0, mainGreen]], ns: [ns] })
}
