// Congested places of the measurement as ids of the network: the link at their head and those that it fills.
import type { LinkId, Network } from '../../model/network.ts'
import type { PlaceState } from '../../model/traffic-state.ts'

/** Links of a place by id; those that the network does not have are left out. */
export function placeLinks({ links }: Network, { links: source_ids }: Pick<PlaceState, 'links'>): LinkId[] {
  const wanted = new Set(source_ids)
  return links.filter(({ source_id }) => wanted.has(source_id)).map(({ id }) => id)
}

/** The measured head; where none is known, a link of the place that leads to no other of it, or any. undefined for a place of another network. */
export function placeHead(network: Network, place: Pick<PlaceState, 'links' | 'head'>): LinkId | undefined {
  const measured = network.links.find(({ source_id }) => source_id === place.head)
  if (measured !== undefined) return measured.id
  const links = placeLinks(network, place)
  const inside = new Set(links)
  return links.find((id) => network.movements.every(({ from, to, turn }) => from !== id || turn === 'u-turn' || !inside.has(to))) ?? links[0]
}
