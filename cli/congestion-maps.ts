// Maps of congestion for the reports: links by their index, over everything or over the hours of a period, with numbered places.
import { buildNetworkMap, type MapPlace, type NetworkMapScene } from '../diagram/network-map.ts'
import type { HeatLevel } from '../diagram/heat-map.ts'
import type { PlaceCard } from '../model/diagnosis.ts'
import type { Link, LinkId, Network, Point } from '../model/network.ts'
import type { Period } from '../model/scenario.ts'
import type { TrafficState } from '../model/traffic-state.ts'
import { placeHead, placeLinks } from '../plans/diagnosis/index.ts'
import type { Drawn } from '../reports/state-report.ts'
import { classify, getScale } from '../state/congestion/index.ts'
import { levelsOf } from './state-heat-maps.ts'

/** More numbers than the table of places has rows tell nobody anything. */
const MOST_PLACES = 40
const SCALE = 'nav-delay-index'

/** Of a measurement: one for each period in which links were seen; over everything where no period was. */
export function measuredMaps(network: Network, state: TrafficState, periods: readonly Period[]): Drawn<NetworkMapScene>[] {
  const places = state.places.slice(0, MOST_PLACES).flatMap((place, i): (MapPlace & { start_s: number; end_s: number })[] => {
    const head = placeHead(network, place)
    return head === undefined ? [] : [{ number: i + 1, links: placeLinks(network, place), head, start_s: place.start_s, end_s: place.end_s }]
  })
  const days = state.days.length === 1 ? 'one day' : `${state.days.length} days together`
  const maps = state.periods.flatMap(({ period, start_s, end_s, links }) => (links.length === 0 ? [] : [{
    title: `Travel time over free travel time: ${periods.find(({ id }) => id === period)?.name ?? period}`, caption: `${days}. Places with these hours are numbered as in the table.`,
    scene: congestionMap(network, new Map(links.map(({ link, index }) => [link, index])), places.filter((place) => place.start_s < end_s && place.end_s > start_s)),
  }]))
  if (maps.length > 0 || state.links.length === 0) return maps
  return [{ title: 'Travel time over free travel time', caption: `Everything observed, ${days}. Places are numbered as in the table.`, scene: congestionMap(network, indices(state), places) }]
}

/** Of a diagnosis: links of the period where it was measured, else of everything; numbers are those of the cards. */
export function diagnosisMap(network: Network, state: TrafficState, period: Period, cards: readonly Pick<PlaceCard, 'links' | 'head' | 'place'>[]): Drawn<NetworkMapScene> {
  const measured = state.periods.find(({ period: id }) => id === period.id)?.links ?? []
  const own = measured.length > 0 ? new Map(measured.map(({ link, index }) => [link, index])) : indices(state)
  const places = cards.flatMap(({ links, head, place }, i): MapPlace[] => {
    const at = head ?? links[0]
    return at === undefined ? [] : [{ number: i + 1, links: place?.links ?? [], head: at }]
  })
  return { title: 'Where', caption: `Travel time over free travel time, ${measured.length > 0 ? period.name ?? period.id : 'everything observed'}. The numbers are those of the cards.`, scene: congestionMap(network, own, places) }
}

const indices = (state: TrafficState): Map<LinkId, number | null> => new Map(state.links.map(({ link, index }) => [link, index]))

function congestionMap(network: Network, index: ReadonlyMap<LinkId, number | null>, places: readonly MapPlace[]): NetworkMapScene {
  const scale = getScale(SCALE)
  const levels = levelsOf(scale).map(({ en, zh, colour, range }, i): HeatLevel => ({ label: `${range}, ${en} ${zh}`, colour, mark: String(i + 1) }))
  const nodes = new Map(network.nodes.map(({ id, x_m, y_m }): [string, Point] => [id, [x_m, y_m]]))
  const signalNodes = new Map(network.movements.flatMap(({ signal, node }): [string, string][] => (signal === undefined ? [] : [[signal, node]])))
  return buildNetworkMap({
    links: network.links.map((link) => {
      const value = index.get(link.id)
      return { id: link.id, points: shapeOf(link, nodes), level: value === undefined || value === null ? undefined : scale.levels.indexOf(classify(scale, value)) }
    }),
    signals: network.signals.flatMap(({ id, name, source_id }) => {
      const at = nodes.get(signalNodes.get(id) ?? '')
      return at === undefined ? [] : [{ at, name: name ?? source_id }]
    }),
    places, levels, scale: `Travel time over free travel time: table ${scale.id}, version ${scale.version} (${scale.status}).`, driving_side: network.driving_side,
  })
}

function shapeOf({ shape_m, from, to }: Link, nodes: ReadonlyMap<string, Point>): readonly Point[] {
  return shape_m !== undefined && shape_m.length > 1 ? shape_m : [nodes.get(from)!, nodes.get(to)!]
}
