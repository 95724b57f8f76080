// May this network be driven on? Every number that the simulation reads, once per network. Lengths m, speeds m/s.
import { GreenwaveError } from '../../model/errors.ts'
import type { Connection, Link, Network, Point } from '../../model/network.ts'
import { requireKnown, requireOneOf, requireUnique, requireWhole, requireWithin } from './values.ts'

/** No link of a road map is longer; a longer one is a mistake of units that would fill the memory. */
const LONGEST_LINK_M = 200_000
/** Shorter than any gap in a drawing. */
const SHORTEST_M = 1e-3
/** Faster than any road vehicle. */
const FASTEST_MPS = 150
const SLOWEST_MPS = 0.1
/** Further than the earth's circumference in any projection. */
const FARTHEST_M = 1e9

/** Throws input.value, input.reference or input.duplicate, naming the element. */
export function checkNetwork(network: Network): void {
  requireUnique(network.links.map(({ id }) => id), 'link')
  requireUnique(network.movements.map(({ id }) => id), 'movement')
  requireUnique(network.connections.map(({ id }) => id), 'connection')
  requireUnique(network.signals.map(({ id }) => id), 'signal')
  for (const link of network.links) checkLink(link)
  const links = new Map(network.links.map((link) => [link.id, link]))
  const signals = new Set(network.signals.map(({ id }) => id))
  const movements = new Map(network.movements.map((movement) => [movement.id, movement]))
  for (const { id, from, to, signal } of network.movements) {
    const element = `movement ${id}`
    requireKnown(links.has(from), element, 'link', from)
    requireKnown(links.has(to), element, 'link', to)
    requireKnown(signal === undefined || signals.has(signal), element, 'signal', signal)
  }
  for (const connection of network.connections) {
    checkConnection(connection)
    const movement = movements.get(connection.movement)
    requireKnown(movement !== undefined, `connection ${connection.id}`, 'movement', connection.movement)
    for (const [way, index] of [['from', connection.from_lane], ['to', connection.to_lane]] as const) {
      const link = links.get(movement![way])!
      if (!Number.isInteger(index) || index < 0 || index >= link.lanes.length) throw new GreenwaveError('input.reference', `connection ${connection.id} names lane ${index} of link ${link.id}, which has ${link.lanes.length}`)
    }
  }
}

function checkLink(link: Link): void {
  const element = `link ${link.id}`
  requireWithin(link.length_m, SHORTEST_M, LONGEST_LINK_M, element, 'length', 'm')
  requireWithin(link.speed_mps, SLOWEST_MPS, FASTEST_MPS, element, 'speed', 'm/s')
  if (link.lanes.length === 0) throw new GreenwaveError('input.value', `${element} has 0 lanes; it needs at least 1`)
  for (const lane of link.lanes) {
    const of = `lane ${lane.index} of ${element}`
    requireWhole(lane.index, 0, link.lanes.length - 1, element, 'a lane of index')
    requireWithin(lane.length_m, SHORTEST_M, LONGEST_LINK_M, of, 'length', 'm')
    requireWithin(lane.speed_mps, SLOWEST_MPS, FASTEST_MPS, of, 'speed', 'm/s')
    requireWithin(lane.width_m, 0, 100, of, 'width', 'm')
  }
  if (link.grade !== undefined) requireWithin(link.grade, -1, 1, element, 'grade')
  if (link.priority !== undefined) requireWithin(link.priority, -1e9, 1e9, element, 'priority')
  checkShape(link.shape_m, element)
}

function checkConnection(connection: Connection): void {
  const element = `connection ${connection.id}`
  requireWithin(connection.length_m, 0, LONGEST_LINK_M, element, 'length', 'm')
  requireWithin(connection.speed_mps, SLOWEST_MPS, FASTEST_MPS, element, 'speed', 'm/s')
  if (connection.waiting_m !== undefined) requireWithin(connection.waiting_m, 0, LONGEST_LINK_M, element, 'its waiting place at', 'm')
  if (connection.visibility_m !== undefined) requireWithin(connection.visibility_m, 0, LONGEST_LINK_M, element, 'a visibility of', 'm')
  requireOneOf(connection.stop, [undefined, 'sign', 'all-way'], element, 'the stop')
  checkShape(connection.shape_m, element)
}

function checkShape(shape: readonly Point[] | undefined, element: string): void {
  if (shape === undefined) return
  for (const point of shape) for (const x of point) requireWithin(x, -FARTHEST_M, FARTHEST_M, element, 'a point of its drawing at', 'm')
}
