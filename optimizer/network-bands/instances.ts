/**
 * Seeded grids of two-way arteries after the recipe of the synthetic arterials (bands/instances, family E): every signal
 * has its common reds, protected lefts and four patterns per axis. Windows in cycles (`cycle_s` 1), C 80 to 140 s.
 */
import { mulberry32 } from '../bands/instances/random.ts'
import { leftTurnPatterns } from '../bands/instances/left-turns.ts'
import type { BandLink, SignalPattern } from '../bands/problem.ts'
import type { Artery, NetworkBandProblem, NetworkNode, NodePattern } from './problem.ts'

export interface GridShape {
  readonly rows: number
  readonly columns: number
  /** Shares of the target speed that bands may leave it by. */
  readonly speed_share: number
  /** Without lefts every signal has one pattern. */
  readonly lefts: boolean
  /** `straight`: streets at right angles, so parallel blocks are as long; `bent`: each block has a length of its own. */
  readonly blocks: 'straight' | 'bent'
}

export const GRID_CYCLES = { cycle_min_s: 80, cycle_max_s: 140 } as const

/** Rows "R1"…, columns "K1"…, nodes "R1K1"…; 200 to 600 m from one to the next. */
export function gridNetwork(seed: number, shape: GridShape): NetworkBandProblem {
  const { rows, columns } = shape
  const random = mulberry32(seed * 7919 + rows * 101 + columns)
  const uniform = (a: number, b: number): number => a + (b - a) * random()
  const nodes: NetworkNode[] = []
  for (let r = 1; r <= rows; r++) for (let k = 1; k <= columns; k++) nodes.push(gridNode(`R${r}`, `K${k}`, shape, uniform))
  const speed = 50 / 3.6
  const link = (distance_m: number): BandLink => {
    const travel = {
      distance_m, speed_min_mps: speed * (1 - shape.speed_share), speed_max_mps: speed * (1 + shape.speed_share),
      speed_target_mps: speed, dwell_min_s: 0, dwell_max_s: 0,
    }
    return { outbound: travel, inbound: travel }
  }
  const lengths = (count: number): number[] => Array.from({ length: count - 1 }, () => uniform(200, 600))
  const [rowBlocks, columnBlocks] = [lengths(columns), lengths(rows)]
  const artery = (id: string, own: string[], blocks: number[]): Artery => ({
    id, nodes: own, links: (shape.blocks === 'straight' ? blocks : lengths(own.length)).map(link), directions: 'both', weights: { outbound: 1, inbound: 1 },
  })
  const names = (count: number, prefix: string): string[] => Array.from({ length: count }, (_, i) => `${prefix}${i + 1}`)
  const across = names(rows, 'R').map((r) => artery(r, names(columns, 'K').map((k) => r + k), rowBlocks))
  const down = names(columns, 'K').map((k) => artery(k, names(rows, 'R').map((r) => r + k), columnBlocks))
  return { cycle_s: 1, nodes, arteries: [...across, ...down] }
}

/** Share of the cycle that the two changes between the axes take together: yellow and all-red. */
const CHANGES = 0.1

/**
 * The row is green around half a cycle, the column around 0: the green of one axis, its lefts and the two changes are the
 * common red of the other, so both fit into one cycle.
 */
function gridNode(row: string, column: string, shape: GridShape, uniform: (a: number, b: number) => number): NetworkNode {
  const green = (1 - CHANGES) * uniform(0.42, 0.58)
  const axis = (own: number): SignalPattern[] => {
    const [out, back] = [uniform(0.08, 0.14), uniform(0.08, 0.14)]
    const clearance = [uniform(0, 0.02), uniform(0, 0.02)]
    return leftTurnPatterns({
      red: own, outboundLeft: shape.lefts ? out : 0, inboundLeft: shape.lefts ? back : 0,
      outboundClearance: clearance[0], inboundClearance: clearance[1],
    }, 1)
  }
  const across = axis(1 - green)
  const down = axis(CHANGES + green).map((pattern) => ({
    ...pattern,
    outbound: pattern.outbound.map((w) => ({ ...w, start_s: w.start_s + 0.5 })),
    inbound: pattern.inbound.map((w) => ({ ...w, start_s: w.start_s + 0.5 })),
  }))
  const patterns: NodePattern[] = across.flatMap((a) =>
    down.map((d) => ({
      id: `${a.id} ${d.id}`,
      windows: [{ artery: row, outbound: a.outbound, inbound: a.inbound }, { artery: column, outbound: d.outbound, inbound: d.inbound }],
    })),
  )
  return { id: row + column, patterns, offset_step_s: 0 }
}
