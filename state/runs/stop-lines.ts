// Where the ways of vehicles are cut into runs: at the lines where something may hold a vehicle. A movement of a signal's node
// has a line; elsewhere one that yields to somebody or must stop. Who has priority at a side street, and who follows a road
// through a node with one way on, is not held there: the frame of the next line reaches back through it.
import type { RoadGraph } from '../../model/road-graph.ts'
import type { Metres, MetresPerSecond } from '../../model/units.ts'

/** Of a link without a limit, and of one that says 0. */
const SPEED_MPS = 13.9

export class StopLines {
  readonly length_m: Float64Array
  /** Speed limits of links. */
  readonly limit_mps: Float64Array
  /** Of movements: length of the path across the node, whether there is a line, whether it turns, index of the link it leads to. */
  readonly path_m: Float64Array
  readonly line: Uint8Array
  readonly turns: Uint8Array
  readonly to: Int32Array
  /** Links where nothing leads in: vehicles enter at their start. */
  readonly entry: Uint8Array
  readonly #movement = new Map<number, number>()
  readonly #links: number

  constructor(graph: RoadGraph) {
    const { links, movements, nodes } = graph.network
    this.#links = links.length
    const index = new Map(links.map(({ id }, l) => [id, l]))
    const node = new Map(nodes.map((each) => [each.id, each]))
    this.length_m = Float64Array.from(links, ({ length_m }) => length_m)
    this.limit_mps = Float64Array.from(links, ({ speed_mps }) => (speed_mps > 0 ? speed_mps : SPEED_MPS))
    this.path_m = Float64Array.from(movements, ({ id }) => graph.movementLength(id))
    this.turns = Uint8Array.from(movements, ({ turn }) => Number(turn !== 'through'))
    this.to = Int32Array.from(movements, ({ to }) => index.get(to) ?? -1)
    this.entry = Uint8Array.from(links, ({ id }) => Number(graph.listMovementsInto(id).length === 0))
    this.line = Uint8Array.from(movements, (movement) => {
      const kind = node.get(movement.node)?.kind
      if (movement.signal !== undefined || kind === 'signal' || graph.findSignalOfNode(movement.node) !== undefined) return 1
      const connections = graph.listConnections(movement.id)
      if (kind === 'right-before-left' && connections.some(({ conflicts_with }) => conflicts_with.length > 0)) return 1
      return Number(connections.some(({ yields_to, stop }) => yields_to.length > 0 || stop !== undefined))
    })
    movements.forEach(({ from, to }, m) => {
      const [a, b] = [index.get(from), index.get(to)]
      if (a !== undefined && b !== undefined) this.#movement.set(a * this.#links + b, m)
    })
  }

  /** Movement from one link to the next; -1 where the network has none. */
  find(from: number, to: number): number {
    return this.#movement.get(from * this.#links + to) ?? -1
  }
}

/** Free speed of a link; what is learned from fixes at night is given as such a function. */
export type FreeSpeed = (link: number) => MetresPerSecond

/** Frame of a run about its line, metres. */
export const DOWNSTREAM_M: Metres = 40
/** How far beyond the line a vehicle that is held up counts as blocked. */
export const BLOCKED_M: Metres = 60
