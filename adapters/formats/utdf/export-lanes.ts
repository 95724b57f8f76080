// Lanes and turns of a junction in the columns of [Lanes]: the reverse of approaches.ts.
import { GreenwaveError } from '../../../model/errors.ts'
import type { Link, Movement, Network, Turn } from '../../../model/network.ts'
import { COMPASS, COMPASS_HEADING } from './records.ts'
import type { Compass } from './records.ts'

export interface ExportColumn {
  name: string
  compass: Compass
  order: number
  movement: Movement
  lanes: number[]
  count: number
  shared: number
  storageLanes: number
  storage_m: number
}

/** Compass column of each link that ends at a node: as its movements are named, or else by direction of travel. */
export function compassOf(network: Network, node: string): Map<string, Compass> {
  const result = new Map<string, Compass>()
  const taken = new Set<Compass>()
  const incoming = network.links.filter((link) => link.to === node)
  for (const link of incoming) {
    const name = network.movements.find((movement) => movement.from === link.id && movement.name !== undefined)?.name?.slice(0, 2)
    const compass = COMPASS.find((candidate) => candidate === name)
    if (compass === undefined || taken.has(compass)) continue
    taken.add(compass)
    result.set(link.id, compass)
  }
  for (const link of incoming) {
    if (result.has(link.id)) continue
    const free = COMPASS.filter((compass) => !taken.has(compass))
    if (free.length === 0) throw new GreenwaveError('input.value', `node ${node} has more than 8 approaches; UTDF has columns for 8`)
    const heading = headingOf(network, link)
    const best = free.reduce((a, b) => (Math.cos(COMPASS_HEADING[b] - heading) > Math.cos(COMPASS_HEADING[a] - heading) + 1e-9 ? b : a))
    taken.add(best)
    result.set(link.id, best)
  }
  return result
}

function headingOf(network: Network, link: Link): number {
  const shape = link.shape_m ?? []
  const nodeAt = (id: string): readonly [number, number] => {
    const node = network.nodes.find((candidate) => candidate.id === id)
    return [node?.x_m ?? 0, node?.y_m ?? 0]
  }
  const [a, b] = [shape.at(-2) ?? nodeAt(link.from), shape.at(-1) ?? nodeAt(link.to)]
  return Math.atan2(b[1] - a[1], b[0] - a[0])
}

const LETTERS: Record<Turn, [first: string, second: string, order: number]> = {
  'u-turn': ['U', '', 0], 'left': ['L', 'L2', 2], 'through': ['T', '', 3], 'right': ['R', 'R2', 4],
}

/** Columns of one approach, left to right. Throws input.value where UTDF has no column left for a turn. */
export function approachColumns(network: Network, link: Link, compass: Compass, lanesOf: (movement: string) => number[]): ExportColumn[] {
  const columns: ExportColumn[] = []
  for (const movement of network.movements.filter((candidate) => candidate.from === link.id)) {
    const named = new RegExp(`^${compass}(U|L2?|T|R2?)$`).exec(movement.name ?? '')?.[0]
    const [first, second, order] = LETTERS[movement.turn]
    const taken = (name: string): boolean => columns.some((column) => column.name === name)
    const name = [named, `${compass}${first}`, second === '' ? undefined : `${compass}${second}`].find((candidate) => candidate !== undefined && !taken(candidate))
    if (name === undefined) throw new GreenwaveError('input.value', `link ${link.id} has more ${movement.turn} movements than UTDF has columns`)
    const isSecond = name.endsWith('2')
    columns.push({ name, compass, order: isSecond ? (movement.turn === 'left' ? 1 : 5) : order, movement, lanes: lanesOf(movement.id), count: 0, shared: 0, storageLanes: 0, storage_m: 0 })
  }
  columns.sort((a, b) => a.order - b.order)
  shareLanes(network, link, columns)
  return columns
}

/** Each lane belongs to one column (the through if it carries one); the codes say with which side it is shared. */
function shareLanes(network: Network, link: Link, columns: ExportColumn[]): void {
  const leftToRight = link.lanes.map((lane) => lane.index)
  if (network.driving_side === 'right') leftToRight.reverse()
  const owned = new Map<ExportColumn, number[]>()
  for (const lane of leftToRight) {
    const users = columns.filter((column) => column.lanes.includes(lane))
    const owner = users.find((column) => column.order === 3) ?? users.find((column) => column.order === 2) ?? users[0]
    if (owner === undefined) continue
    owned.set(owner, [...(owned.get(owner) ?? []), lane])
  }
  for (const [column, lanes] of owned) {
    column.count = lanes.length
    const others = (lane: number | undefined, side: -1 | 1): boolean => columns.some((other) => other !== column && other.lanes.includes(lane ?? -1) && Math.sign(other.order - column.order) === side)
    column.shared = (others(lanes[0], -1) ? 1 : 0) + (others(lanes.at(-1), 1) ? 2 : 0)
    const pockets = lanes.flatMap((lane) => {
      const length = link.lanes[lane]?.length_m ?? link.length_m
      return length < link.length_m - 1e-6 ? [length] : []
    })
    column.storageLanes = pockets.length
    column.storage_m = Math.max(0, ...pockets)
  }
}

/** Whether an approach without a signal is the minor one: it yields to the through traffic of a crossing road. */
export function givesWay(network: Network, link: Link): boolean {
  const movements = new Map(network.movements.filter((movement) => movement.node === link.to).map((movement) => [movement.id, movement]))
  const own = network.connections.filter((connection) => movements.get(connection.movement)?.from === link.id)
  const yielded = new Set(own.flatMap((connection) => connection.yields_to))
  return network.connections.some((connection) => {
    const movement = movements.get(connection.movement)
    const from = network.links.find((candidate) => candidate.id === movement?.from)
    if (movement?.turn !== 'through' || from === undefined || from.id === link.id || !yielded.has(connection.id)) return false
    return Math.abs(Math.sin(headingOf(network, from) - headingOf(network, link))) > 0.5
  })
}
