// The evidence about a head without a signal: lanes before and beyond it, and who else comes in.
import type { Link, MovementId } from '../../model/network.ts'
import type { RoadGraph } from '../../model/road-graph.ts'
import type { RoadEvidence } from '../../state/diagnosis/index.ts'
import type { Site } from './sites.ts'

/** The site must have a head. Beyond is where most of its lanes lead. */
export function gatherRoad(graph: RoadGraph, { head, places }: Site, volumes: ReadonlyMap<MovementId, number>): RoadEvidence {
  const link = graph.getLink(head!)
  const onward = graph.listMovementsFrom(link.id).filter(({ turn }) => turn !== 'u-turn').map((movement) => ({ movement, lanes: new Set(graph.listConnections(movement.id).map(({ from_lane }) => from_lane)).size }))
  const [main] = onward.sort((a, b) => b.lanes - a.lanes || (a.movement.turn === 'through' ? -1 : 0) - (b.movement.turn === 'through' ? -1 : 0))
  const base = { head: link.id, name: nameOf(link), lanes: main === undefined ? throughLanes(link) : Math.max(main.lanes, lanesWithout(link, onward.length)), incident: places.some(({ nature }) => nature === 'incident'), grade: places[0]?.grade ?? 'E' as const }
  if (main === undefined) return base
  const beyond = graph.getLink(main.movement.to)
  const from = graph.listMovementsInto(beyond.id).filter(({ turn, signal }) => turn !== 'u-turn' && signal === undefined).map(({ id, from: before }) => {
    const feeder = graph.getLink(before)
    const lanes = before === link.id ? base.lanes : new Set(graph.listConnections(id).map(({ from_lane }) => from_lane)).size
    return { link: before, name: nameOf(feeder), lanes, volume_vph: volumes.get(id) }
  })
  return { ...base, beyond: { link: beyond.id, name: nameOf(beyond), lanes: throughLanes(beyond), from } }
}

const nameOf = ({ name, source_id }: Link): string => (name === undefined ? source_id : `${name} (${source_id})`)

/** Lanes over the whole length: pockets begin later. */
const throughLanes = ({ lanes, length_m }: Link): number => Math.max(1, lanes.filter((lane) => lane.length_m >= length_m - POCKET_M).length)
const POCKET_M = 5

/** Where there is one way on, a lane that leads nowhere is one that ends. */
const lanesWithout = (link: Link, ways: number): number => (ways === 1 ? throughLanes(link) : 0)
