// A small town for tests: a main street from west to east with two crossings and a side street at each. Metres.
import type { DrawnLane, DrawnLink, DrawnNode, DrawnStreets, NodeControl } from './drawn.ts'
import type { Point } from '../network.ts'

export const TOWN_NODES: Record<string, Point> = {
  W: [0, 0], A: [300, 0], B: [700, 0], E: [1000, 0], AN: [300, 250], AS: [300, -250], BN: [700, 250],
}
const MAIN = ['W A', 'A B', 'B E']
const SIDE = ['AN A', 'A AS', 'BN B']

export const drawnNode = (id: string, at_m: Point, control: NodeControl = 'none'): DrawnNode => ({ id, source_id: id, at_m, control, place: { element: `node ${id}` } })

export const drawnLink = (from: string, to: string, points_m: Point[], lanes: Partial<DrawnLane>[], speed_mps = 50 / 3.6): DrawnLink => ({
  id: `${from}_${to}`, source_id: `${from}_${to}`, from, to, points_m, speed_mps, rank: lanes.length, place: { element: `link ${from}_${to}` },
  lanes: lanes.map((lane) => ({ width_m: 3.5, ...lane })),
})

/** Two-way streets on one line each: the main street with two lanes a direction, the side streets with one. */
export function testTown(controls: Record<string, NodeControl> = { A: 'signal', B: 'signal' }): DrawnStreets {
  const street = (pair: string, lanes: number): DrawnLink[] => {
    const [a, b] = pair.split(' ') as [string, string]
    const points = [TOWN_NODES[a] as Point, TOWN_NODES[b] as Point]
    const name = lanes === 2 ? 'High Street' : 'Mill Lane'
    const list = Array.from({ length: lanes }, () => ({}))
    return [{ ...drawnLink(a, b, points, list), name }, { ...drawnLink(b, a, [...points].reverse(), list), name }]
  }
  return {
    driving_side: 'right',
    nodes: Object.entries(TOWN_NODES).map(([id, at]) => drawnNode(id, at, controls[id])),
    links: [...MAIN.flatMap((pair) => street(pair, 2)), ...SIDE.flatMap((pair) => street(pair, 1))],
    movements: [],
  }
}
